"""Find a product in the local copy of the catalogue; no vendor is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from string import ascii_letters

from bot.domain.catalogue import Product, ProductDetails
from bot.domain.money import NotAnAmount, parse_amount
from bot.domain.people import Person
from bot.providers.contract import ProviderError
from bot.usecases.compare_vendors import SameThing, same_things, without_repeats
from bot.usecases.desk import Desk
from bot.usecases.rejections import VendorSilent

_SYMBOLS = "$€£¥₹"
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
    """One page of results. `total` counts all of them, `repeats` those of the page shown beside another one.

    `vendors` are what people call them, where there are several to tell apart.
    """

    products: tuple[Product, ...]
    total: int
    offset: int
    vendors: Mapping[str, str] = field(default_factory=dict)
    same: Mapping[str, SameThing] = field(default_factory=dict)  # by product key
    preferred: str | None = None
    repeats: int = 0


def search_catalogue(
    desk: Desk, person: Person, query: Query, *, offset: int = 0, limit: int = PAGE
) -> Found:
    """What fits of the vendors open to this person, best first. Raises NotPermitted without a role."""
    desk.policy.check_involved(person)
    page = desk.store.catalogue.search(
        query.text,
        country=query.country,
        category=query.category,
        currency=query.currency,
        providers=desk.vendors_for(person),
        limit=limit,
        offset=offset,
    )
    return Found(tuple(page.products), page.total, offset, desk.told_apart)


def side_by_side(desk: Desk, person: Person, found: Found, amount: Decimal | None = None) -> Found:
    """What was found, the same thing of several vendors together: compared at `amount` where it is given."""
    same = same_things(desk, person, found.products, amount)
    kept = without_repeats(found.products, same)
    return replace(
        found,
        products=tuple(kept),
        same=same,
        preferred=desk.policy.vendors.preferred,
        repeats=len(found.products) - len(kept),
    )


def amount_in(text: str) -> Decimal | None:
    """The face value in words such as `steam 20`, `$20 steam` or `steam 20usd`, where there is just one."""
    amounts = []
    for word in text.split():
        try:
            amounts.append(parse_amount(word.strip(_SYMBOLS).rstrip(ascii_letters)))
        except NotAnAmount:
            continue
    return amounts[0] if len(amounts) == 1 else None


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
    desk.check_vendor(person, product_key, "details")
    provider = desk.provider(product.provider)
    try:
        return product, await provider.product_details(product.product_id)
    except ProviderError as silence:
        raise VendorSilent(
            f"{provider.title} did not answer, so the terms cannot be shown right now. Try again in a moment."
        ) from silence
