"""Find a product in the local copy of the catalogue; no vendor is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from string import ascii_letters

from bot.domain.catalogue import Product, ProductDetails
from bot.domain.money import InvalidAmount, parse_amount
from bot.domain.people import Person
from bot.domain.policy import Facts, Stage
from bot.services.authorize import authorize, check_policy
from bot.services.compare_vendors import VendorComparison, compare_vendors, without_duplicates
from bot.services.context import AppContext
from bot.services.errors import VendorUnavailable
from bot.services.find_product import find_product
from bot.services.open_vendors import vendors_for
from bot.vendors.contract import VendorError

_SYMBOLS = "$€£¥₹"
PAGE = 5  # results that fit an ephemeral message with their buttons


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What somebody looks for. Country is alpha-3, currency ISO 4217, category as the vendor names it."""

    text: str = ""
    country: str | None = None
    category: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class SearchResults:
    """One page of results. `total` counts all of them, `repeats` those of the page shown beside another one.

    `vendors` are what people call them, where there are several to tell apart.
    """

    products: tuple[Product, ...]
    total: int
    offset: int
    vendors: Mapping[str, str] = field(default_factory=dict)
    same: Mapping[str, VendorComparison] = field(default_factory=dict)  # by product key
    preferred: str | None = None
    repeats: int = 0


async def search_catalogue(
    ctx: AppContext, person: Person, query: SearchQuery, *, offset: int = 0, limit: int = PAGE
) -> SearchResults:
    """What fits of the vendors open to this person, best first. Raises NotPermitted without a role."""
    check_policy(ctx, Stage.VIEW, person)
    page = await ctx.read(
        lambda tx: tx.catalogue.search(
            query.text,
            country=query.country,
            category=query.category,
            currency=query.currency,
            vendors=vendors_for(ctx, person),
            limit=limit,
            offset=offset,
        )
    )
    return SearchResults(tuple(page.products), page.total, offset, ctx.vendor_labels)


async def group_by_vendor(
    ctx: AppContext, person: Person, found: SearchResults, amount: Decimal | None = None
) -> SearchResults:
    """What was found, the same thing of several vendors together: compared at `amount` where it is given."""
    same = await compare_vendors(ctx, person, found.products, amount)
    kept = without_duplicates(found.products, same)
    return replace(
        found,
        products=tuple(kept),
        same=same,
        preferred=ctx.policy.vendors.preferred,
        repeats=len(found.products) - len(kept),
    )


def amount_in(text: str) -> Decimal | None:
    """The face value in words such as `steam 20`, `$20 steam` or `steam 20usd`, where there is just one."""
    amounts = []
    for word in text.split():
        try:
            amounts.append(parse_amount(word.strip(_SYMBOLS).rstrip(ascii_letters)))
        except InvalidAmount:
            continue
    return amounts[0] if len(amounts) == 1 else None


async def country_names(ctx: AppContext) -> list[tuple[str, str]]:
    """(alpha-3, name) of every country with a product, by name."""
    return await ctx.read(lambda tx: tx.catalogue.countries())


async def currency_names(ctx: AppContext) -> list[tuple[str, str]]:
    """(ISO 4217, name) of every currency with a product, by code."""
    return await ctx.read(lambda tx: tx.catalogue.currencies())


async def category_names(ctx: AppContext) -> list[str]:
    return await ctx.read(lambda tx: tx.catalogue.categories())


async def all_categories(ctx: AppContext) -> list[str]:
    """Those without a product too."""
    return await ctx.read(lambda tx: tx.catalogue.all_categories())


async def product_details(
    ctx: AppContext, person: Person, product_key: str
) -> tuple[Product, ProductDetails]:
    """The product with its long texts. Raises NotPermitted, FieldError, VendorUnavailable."""
    product = await find_product(ctx, product_key)
    facts = Facts(vendor=product.vendor, product_id=product.product_id)
    await authorize(ctx, Stage.VIEW, person, facts, attempted="details")
    vendor = ctx.vendor(product.vendor)
    try:
        return product, await vendor.sells[product.kind].product_details(product.product_id)
    except VendorError as error:
        raise VendorUnavailable(
            f"{vendor.title} did not answer, so the terms cannot be shown right now. Try again in a moment."
        ) from error
