"""What the selects of the order form offer while somebody types: a local search, no vendor is asked."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.people import Person
from bot.domain.policy import NotPermitted
from bot.usecases.desk import Desk
from bot.usecases.rejections import Rejected
from bot.usecases.search_catalogue import Query, category_names, country_names, search_catalogue
from handlers import ids
from handlers.front import Front, user_id
from handlers.order_form.requester import requester
from handlers.views.blocks import Block
from handlers.views.order_form_fields import (
    MOST_OPTIONS,
    action_id,
    category_option,
    country_option,
    product_option,
)
from handlers.views.order_form_state import ANY, read_form

Body = dict[str, Any]


def register(app: AsyncApp, front: Front) -> None:
    app.options(action_id(ids.PRODUCT))(_offering(front, _products))
    app.options(action_id(ids.COUNTRY))(_offering(front, _countries))
    app.options(action_id(ids.CATEGORY))(_offering(front, _categories))


def _offering(
    front: Front, offer: Callable[[Desk, Person, Body], list[Block]]
) -> Callable[[AsyncAck, Body], Awaitable[None]]:
    async def suggest(ack: AsyncAck, body: Body) -> None:
        try:
            person = await requester(front, user_id(body), attempted="search")
        except (NotPermitted, Rejected):
            await ack(options=[])  # an options answer has no room for a reason
        else:
            await ack(options=offer(front.desk, person, body))

    return suggest


def _products(desk: Desk, person: Person, body: Body) -> list[Block]:
    filters = read_form(body.get("view") or {})
    query = Query(text=_typed(body), country=filters.country, category=filters.category)
    found = search_catalogue(desk, person, query, limit=MOST_OPTIONS)
    return [product_option(product, found.vendors.get(product.provider, "")) for product in found.products]


def _countries(desk: Desk, person: Person, body: Body) -> list[Block]:  # noqa: ARG001 - one shape for all offers
    typed = _typed(body).casefold()
    fitting = [code for code, name in country_names(desk) if typed in f"{name} {code}".casefold()]
    return [country_option(code) for code in _first(ANY, fitting, typed)]


def _categories(desk: Desk, person: Person, body: Body) -> list[Block]:  # noqa: ARG001 - one shape for all offers
    typed = _typed(body).casefold()
    fitting = [name for name in category_names(desk) if typed in name.casefold()]
    return [category_option(name) for name in _first(ANY, fitting, typed)]


def _typed(body: Body) -> str:
    return str(body.get("value") or "").strip()


def _first(any_of_them: str, fitting: Sequence[str], typed: str) -> list[str]:
    """With nothing typed, or “any”, taking the filter away comes first."""
    return [*([any_of_them] if any_of_them.startswith(typed) else []), *fitting][:MOST_OPTIONS]
