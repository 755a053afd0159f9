"""Every listener of the app, in one table."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers import (
    decide,
    failures,
    half_characters,
    ids,
    order_form,
    orders,
    quote,
    resolve,
    reveal,
    search,
    shortcuts,
)
from handlers.call import Call
from handlers.commands import giftcard
from handlers.front import Front
from handlers.home import app_home_opened

_ANY = re.compile(".*")
_PEOPLE_CHANGED = ("user_change", "subteam_updated", "subteam_members_changed")


def register(app: AsyncApp, front: Front) -> None:
    """The first listener that fits is the one that runs, so those for anything come last."""
    half_characters.register(app)
    for listen, name, run in (
        (app.command, ids.COMMAND, giftcard),
        (app.action, ids.any_of(ids.SEARCH_PAGE), search.turn_page),
        (app.action, ids.any_of(ids.SHOW_DETAILS), search.show_details),
        (app.action, ids.any_of(ids.SHOW_QUOTE), quote.show_quote),
        (app.action, ids.any_of(ids.APPROVE), decide.approve),
        (app.action, ids.any_of(ids.DECLINE), decide.open_decline_form),
        (app.view, ids.DECLINE_FORM, decide.decline),
        (app.action, ids.any_of(ids.RESOLVE), resolve.open_resolve_form),
        (app.view, ids.RESOLVE_FORM, resolve.propose),
        (app.action, ids.any_of(ids.CONFIRM_RESOLUTION), resolve.confirm),
        (app.action, ids.any_of(ids.WITHDRAW), orders.withdraw),
        (app.action, ids.any_of(ids.SHOW_CODES), reveal.show_codes),
    ):
        listen(name)(_bound(front, run))
    order_form.register(app, front)
    shortcuts.register(app, front)
    for listen in (app.action, app.shortcut, app.view, app.options):
        listen(_ANY)(_bound(front, failures.from_older_version))
    _listen_to_events(app, front)
    failures.register(app, front)


def _listen_to_events(app: AsyncApp, front: Front) -> None:
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        await app_home_opened(front, event, client)

    async def people_changed() -> None:
        front.people.forget()

    app.event("app_home_opened")(home)
    for event in _PEOPLE_CHANGED:
        app.event(event)(people_changed)


def _bound(front: Front, run: Callable[[Call], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """A Bolt listener for one of our handlers. What the handler did not acknowledge is acknowledged here."""

    async def listener(
        ack: AsyncAck, body: Mapping[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        await run(Call(front, ack, body, client, respond))
        if ack.response is None:
            await ack()

    return listener
