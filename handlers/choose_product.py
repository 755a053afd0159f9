"""From words to the product that is meant, or to the few that could be."""

from dataclasses import replace

from bot.domain.catalogue import Product
from bot.domain.people import Person
from bot.usecases.desk import Desk
from bot.usecases.rejections import NotFound
from bot.usecases.search_catalogue import Found, Query, country_names, search_catalogue
from handlers.views.products import nothing_found
from handlers.views.progress import still_loading

_COMPARED = 50
_MOST_CANDIDATES = 5  # are shown


def choose_product(desk: Desk, person: Person, query: Query) -> Product | Found:
    """The product, or those of which one must be chosen.

    A product key, a single hit, and the only product of exactly that name need no choice.
    Raises NotFound, NotPermitted, BadField.
    """
    vendor, colon, _ = query.text.partition(":")
    if colon and vendor in desk.providers:
        return desk.product(query.text)
    found = search_catalogue(desk, person, query, limit=_COMPARED)
    if not found.products:
        raise NotFound(nothing_found(query) if country_names(desk) else still_loading(desk))
    same_name = [product for product in found.products if product.name.casefold() == query.text.casefold()]
    for fitting in (found.products, same_name):
        if len(fitting) == 1:
            return fitting[0]
    return replace(found, products=found.products[:_MOST_CANDIDATES])
