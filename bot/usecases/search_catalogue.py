"""Find a product in the local copy of the catalogue; no vendor is asked."""

from dataclasses import dataclass

from bot.domain.catalogue import Product, ProductDetails
from bot.domain.people import Person
from bot.providers.contract import ProviderError
from bot.usecases.desk import Desk
from bot.usecases.rejections import VendorSilent

PAGE = 5  # results that fit an ephemeral message with their buttons


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for. Country is alpha-3, currency ISO 4217, category as the vendor names it."""

    text: str = ""
    country: str | None = None
    category: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results. `total` counts all of them."""

    products: tuple[Product, ...]
    total: int
    offset: int


def search_catalogue(
    desk: Desk, person: Person, query: Query, *, offset: int = 0, limit: int = PAGE
) -> Found:
    """Products that fit, best first. Raises NotPermitted for people without a role."""
    desk.policy.check_involved(person)
    page = desk.store.catalogue.search(
        query.text,
        country=query.country,
        category=query.category,
        currency=query.currency,
        limit=limit,
        offset=offset,
    )
    return Found(tuple(page.products), page.total, offset)


def country_names(desk: Desk) -> list[tuple[str, str]]:
    """(alpha-3, name) of every country with a product, by name."""
    return list(desk.store.catalogue.countries())


def currency_names(desk: Desk) -> list[tuple[str, str]]:
    """(ISO 4217, name) of every currency with a product, by code."""
    return list(desk.store.catalogue.currencies())


def category_names(desk: Desk) -> list[str]:
    return list(desk.store.catalogue.categories())


def every_category(desk: Desk) -> list[str]:
    """Those without a product too."""
    return list(desk.store.catalogue.every_category())


async def product_details(desk: Desk, person: Person, product_key: str) -> tuple[Product, ProductDetails]:
    """The product with its long texts. Raises NotPermitted, BadField, VendorSilent."""
    desk.policy.check_involved(person)
    product = desk.product(product_key)
    provider = desk.provider(product.provider)
    try:
        return product, await provider.product_details(product.product_id)
    except ProviderError as silence:
        raise VendorSilent(
            f"{provider.title} did not answer, so the terms cannot be shown right now. Try again in a moment."
        ) from silence
