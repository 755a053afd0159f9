"""`/giftcard search`: results a page at a time, and the details of a product."""

from pydantic import ValidationError

from bot.domain.people import Person
from bot.usecases.desk import Desk
from bot.usecases.search_catalogue import (
    Query,
    amount_in,
    country_names,
    currency_names,
    every_category,
    product_details,
    search_catalogue,
    side_by_side,
)
from handlers import answers
from handlers.call import Call
from handlers.on_record import on_record
from handlers.views import products
from handlers.views.blocks import Message
from handlers.views.dialogs import note
from handlers.views.progress import still_loading
from handlers.words import Misunderstood, Shelves, parse_search


def shelves(desk: Desk) -> Shelves:
    return Shelves(country_names(desk), every_category(desk), frozenset(desk.providers), currency_names(desk))


async def search(call: Call) -> Message:
    """`/giftcard search TEXT [country:USA] [category:Gaming] [currency:USD]`."""
    person = await call.person_with_role("search")
    desk = call.front.desk
    known = shelves(desk)
    if not known.countries:
        return Message.saying(still_loading(desk))
    query = parse_search(call.words, known)
    if len(query.text) > products.LONGEST_QUERY:
        raise Misunderstood("That is a lot to look for. The brand alone is often enough.")
    return _page(desk, person, query, 0)


async def turn_page(call: Call) -> None:
    """*Previous* and *Next*."""
    try:
        page = products.PageOfSearch.model_validate_json(call.value)
    except ValidationError as foreign:
        raise answers.FromOlderVersion from foreign
    person = await call.person_with_role("search")
    call.replace(_page(call.front.desk, person, page.query, page.offset))


async def show_details(call: Call) -> None:
    """A modal at once, because its trigger expires; the texts when the vendor has sent them."""
    view_id = await call.open_modal(products.details_loading(call.environment))
    call.front.background.start(_fill_details(call, view_id), what="details")


def _page(desk: Desk, person: Person, query: Query, offset: int) -> Message:
    found = search_catalogue(desk, person, query, offset=offset)
    return products.search_results(query, side_by_side(desk, person, found, amount_in(query.text)))


async def _fill_details(call: Call, view_id: str) -> None:
    desk = call.front.desk
    try:
        product, texts = await product_details(desk, await call.person_with_role("details"), call.value)
    except answers.REFUSALS as refusal:
        on_record(call.front, call.body, refusal)
        view = note(Message.saying(answers.sentence(refusal)), call.environment)
    else:
        vendor = desk.told_apart.get(product.provider, "")
        view = products.details(product, texts, call.environment, vendor)
    await call.client.views_update(view_id=view_id, view=view)
