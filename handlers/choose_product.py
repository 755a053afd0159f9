"""From words to the product that is meant, or to the few that could be."""

from bot.domain.catalogue import Product
from bot.domain.people import Person
from bot.usecases.desk import Desk
from bot.usecases.rejections import NotFound
from bot.usecases.search_catalogue import Query, country_names, search_catalogue
from handlers.views.products import loading, nothing_found

_MOST_CANDIDATES = 5


def choose_product(desk: Desk, person: Person, query: Query) -> Product | tuple[Product, ...]:
    """The product, or several of which one must be chosen.

    A product key, a single hit, and the only product of exactly that name need no choice.
    Raises NotFound, NotPermitted, BadField.
    """
    vendor, colon, _ = query.text.partition(":")
    if colon and vendor in desk.providers:
        return desk.product(query.text)
    found = search_catalogue(desk, person, query, limit=_MOST_CANDIDATES).products
    if not found:
        known = country_names(desk)
        raise NotFound((nothing_found(query) if known else loading()).text)
    same_name = [product for product in found if product.name.casefold() == query.text.casefold()]
    for fitting in (found, same_name):
        if len(fitting) == 1:
            return fitting[0]
    return found
