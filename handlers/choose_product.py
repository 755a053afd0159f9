"""From words to the product that is meant, or to the few that could be."""

from dataclasses import replace
from decimal import Decimal

from bot.domain.catalogue import Product
from bot.domain.people import Person
from bot.usecases.desk import Desk
from bot.usecases.rejections import NotFound
from bot.usecases.search_catalogue import Found, Query, country_names, search_catalogue, side_by_side
from handlers.views.products import nothing_found
from handlers.views.progress import still_loading

_COMPARED = 50
_MOST_CANDIDATES = 5  # are shown


def choose_product(
    desk: Desk, person: Person, query: Query, amount: Decimal | None = None
) -> Product | Found:
    """The product, or those of which one must be chosen.

    A product key, a single hit, the only product of exactly that name, and the same thing of several vendors
    need no choice. What is not sold at `amount` is left out where something else is.
    Raises NotFound, NotPermitted, BadField.
    """
    vendor, colon, _ = query.text.partition(":")
    if colon and vendor in desk.providers:
        return desk.product(query.text)
    found = search_catalogue(desk, person, query, limit=_COMPARED)
    if not found.products:
        raise NotFound(nothing_found(query) if country_names(desk) else still_loading(desk))
    together = side_by_side(desk, person, _sold_at(amount, found), amount)
    same_name = [product for product in together.products if product.name.casefold() == query.text.casefold()]
    for fitting in (together.products, same_name):
        if len(fitting) == 1:
            return fitting[0]
    return replace(
        together,
        products=together.products[:_MOST_CANDIDATES],
        total=found.total - len(found.products) + len(together.products),
    )


def _sold_at(amount: Decimal | None, found: Found) -> Found:
    sold = tuple(product for product in found.products if amount is not None and product.sells(amount))
    return replace(found, products=sold or found.products)
