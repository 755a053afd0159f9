"""Every listener of the app, in one table."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers import (
    approvals,
    error_handler,
    ids,
    order_form,
    orders,
    quote,
    resolve,
    reveal,
    search,
    shortcuts,
    surrogates,
)
from handlers.commands import giftcard
from handlers.home import app_home_opened
from handlers.interaction import Interaction
from handlers.slack_context import SlackContext

_ANY = re.compile(".*")
_PEOPLE_CHANGED = ("user_change", "subteam_updated", "subteam_members_changed")


def register(app: AsyncApp, slack_ctx: SlackContext) -> None:
    """The first listener that fits is the one that runs, so those for anything come last."""
    surrogates.register(app)
    for listen, name, run in (
        (app.command, ids.COMMAND, giftcard),
        (app.action, ids.action_id_pattern(ids.SEARCH_PAGE), search.turn_page),
        (app.action, ids.action_id_pattern(ids.SHOW_DETAILS), search.show_details),
        (app.action, ids.action_id_pattern(ids.SHOW_QUOTE), quote.show_quote),
        (app.action, ids.action_id_pattern(ids.APPROVE), approvals.approve),
        (app.action, ids.action_id_pattern(ids.DECLINE), approvals.open_decline_form),
        (app.view, ids.DECLINE_FORM, approvals.decline),
        (app.action, ids.action_id_pattern(ids.RESOLVE), resolve.open_resolve_form),
        (app.view, ids.RESOLVE_FORM, resolve.propose),
        (app.action, ids.action_id_pattern(ids.CONFIRM_RESOLUTION), resolve.confirm),
        (app.action, ids.action_id_pattern(ids.WITHDRAW), orders.withdraw),
        (app.action, ids.action_id_pattern(ids.SHOW_CODES), reveal.show_codes),
    ):
        listen(name)(_bound(slack_ctx, run))
    order_form.register(app, slack_ctx)
    shortcuts.register(app, slack_ctx)
    for listen in (app.action, app.shortcut, app.view, app.options):
        listen(_ANY)(_bound(slack_ctx, error_handler.outdated_component))
    _listen_to_events(app, slack_ctx)
    error_handler.register(app, slack_ctx)


def _listen_to_events(app: AsyncApp, slack_ctx: SlackContext) -> None:
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        await app_home_opened(slack_ctx, event, client)

    async def people_changed() -> None:
        slack_ctx.people.clear_cache()

    app.event("app_home_opened")(home)
    for event in _PEOPLE_CHANGED:
        app.event(event)(people_changed)


def _bound(
    slack_ctx: SlackContext, run: Callable[[Interaction], Awaitable[None]]
) -> Callable[..., Awaitable[None]]:
    """A Bolt listener for one of our handlers. What the handler did not acknowledge is acknowledged here."""

    async def listener(
        ack: AsyncAck, body: Mapping[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        await run(Interaction(slack_ctx, ack, body, client, respond))
        if ack.response is None:
            await ack()

    return listener
