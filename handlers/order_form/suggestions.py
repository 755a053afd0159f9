"""What the selects of the order form offer while somebody types: a local search, no vendor is asked."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.models.blocks import Option

from bot.domain.people import Person
from bot.domain.policy.rules import NotPermitted
from bot.services.context import AppContext
from bot.services.errors import RequestRejected
from bot.services.search_catalogue import SearchQuery, category_names, country_names, search_catalogue
from handlers import ids
from handlers.order_form.requester import authorized_requester
from handlers.slack_context import SlackContext, user_id
from handlers.views.order_form_fields import (
    MAX_OPTIONS,
    action_id,
    category_option,
    country_option,
    product_option,
)
from handlers.views.order_form_state import ANY, read_form

Body = dict[str, Any]


def register(app: AsyncApp, slack_ctx: SlackContext) -> None:
    app.options(action_id(ids.PRODUCT))(_options_listener(slack_ctx, _products))
    app.options(action_id(ids.COUNTRY))(_options_listener(slack_ctx, _countries))
    app.options(action_id(ids.CATEGORY))(_options_listener(slack_ctx, _categories))


def _options_listener(
    slack_ctx: SlackContext, build_options: Callable[[AppContext, Person, Body], list[Option]]
) -> Callable[[AsyncAck, Body], Awaitable[None]]:
    async def suggest(ack: AsyncAck, body: Body) -> None:
        try:
            person = await authorized_requester(slack_ctx, user_id(body), attempted="search")
        except (NotPermitted, RequestRejected):
            await ack(options=[])  # an options answer has no room for a reason
        else:
            await ack(options=build_options(slack_ctx.ctx, person, body))

    return suggest


def _products(ctx: AppContext, person: Person, body: Body) -> list[Option]:
    filters = read_form(body.get("view") or {})
    query = SearchQuery(text=_typed(body), country=filters.country, category=filters.category)
    found = search_catalogue(ctx, person, query, limit=MAX_OPTIONS)
    return [product_option(product, found.vendors.get(product.vendor, "")) for product in found.products]


def _countries(ctx: AppContext, person: Person, body: Body) -> list[Option]:  # noqa: ARG001 - one shape for all offers
    typed = _typed(body).casefold()
    fitting = [code for code, name in country_names(ctx) if typed in f"{name} {code}".casefold()]
    return [country_option(code) for code in _with_any_option(ANY, fitting, typed)]


def _categories(ctx: AppContext, person: Person, body: Body) -> list[Option]:  # noqa: ARG001 - one shape for all offers
    typed = _typed(body).casefold()
    fitting = [name for name in category_names(ctx) if typed in name.casefold()]
    return [category_option(name) for name in _with_any_option(ANY, fitting, typed)]


def _typed(body: Body) -> str:
    return str(body.get("value") or "").strip()


def _with_any_option(any_option: str, fitting: Sequence[str], typed: str) -> list[str]:
    """With nothing typed, or “any”, taking the filter away comes first."""
    return [*([any_option] if any_option.startswith(typed) else []), *fitting][:MAX_OPTIONS]
