"""Finds the product that is meant by what was typed, or the few that could be meant."""

from dataclasses import replace
from decimal import Decimal

from bot.domain.catalogue import Product
from bot.domain.people import Person
from bot.services.context import AppContext
from bot.services.errors import NotFound
from bot.services.find_product import find_product
from bot.services.search_catalogue import (
    SearchQuery,
    SearchResults,
    country_names,
    group_by_vendor,
    search_catalogue,
)
from handlers.views.catalogue_status import catalogue_loading_text
from handlers.views.products import nothing_found

_MAX_COMPARED = 50
_MAX_CANDIDATES = 5  # are shown


async def choose_product(
    ctx: AppContext, person: Person, query: SearchQuery, amount: Decimal | None = None
) -> Product | SearchResults:
    """The product, or the candidates to choose from.

    A product key, a single hit, the only product of exactly that name, and the same thing of several vendors
    need no choice. What is not sold at `amount` is left out where something else is.
    Raises NotFound, NotPermitted, FieldError.
    """
    vendor, colon, _ = query.text.partition(":")
    if colon and vendor in ctx.vendors:
        return await find_product(ctx, query.text)
    found = await search_catalogue(ctx, person, query, limit=_MAX_COMPARED)
    if not found.products:
        has_products = await country_names(ctx)
        raise NotFound(nothing_found(query) if has_products else await catalogue_loading_text(ctx))
    compared = await group_by_vendor(ctx, person, _sold_at(amount, found), amount)
    same_name = [product for product in compared.products if product.name.casefold() == query.text.casefold()]
    for fitting in (compared.products, same_name):
        if len(fitting) == 1:
            return fitting[0]
    return replace(
        compared,
        products=compared.products[:_MAX_CANDIDATES],
        total=found.total - len(found.products) + len(compared.products),
    )


def _sold_at(amount: Decimal | None, found: SearchResults) -> SearchResults:
    sold = tuple(product for product in found.products if amount is not None and product.sells(amount))
    return replace(found, products=sold or found.products)
