"""Every listener of the app, in tables: what Slack names, and the handler that answers it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers import (
    approvals,
    commands,
    error_handler,
    home,
    ids,
    orders,
    people,
    quote,
    resolve,
    reveal,
    search,
    shortcuts,
    surrogates,
)
from handlers.interaction import Interaction
from handlers.order_form import live_price, opening, submission, suggestions
from handlers.slack_context import SlackContext

Handler = Callable[[Interaction], Awaitable[None]]

COMMANDS: Mapping[str, Handler] = {ids.COMMAND: commands.giftcard}
SHORTCUTS: Mapping[str, Handler] = {
    ids.ISSUE_SHORTCUT: shortcuts.issue_gift_card,
    ids.CONVERSATION_SHORTCUT: shortcuts.gift_card_for_conversation,
}
BUTTONS: Mapping[str, Handler] = {
    ids.OPEN_ORDER_FORM: opening.open_order_form,
    ids.SEARCH_PAGE: search.turn_page,
    ids.SHOW_DETAILS: search.show_details,
    ids.SHOW_QUOTE: quote.show_quote,
    ids.APPROVE: approvals.approve,
    ids.DECLINE: approvals.open_decline_form,
    ids.RESOLVE: resolve.open_resolve_form,
    ids.CONFIRM_RESOLUTION: resolve.confirm,
    ids.WITHDRAW: orders.withdraw,
    ids.SHOW_CODES: reveal.show_codes,
    ids.ASK_FOR_PRICE: live_price.reprice,
}
# Fields of the order form, whose every change is sent to us.
INPUTS: Mapping[str, Handler] = {
    ids.input_action_id(field): live_price.reprice
    for field in (ids.COUNTRY, ids.CATEGORY, ids.PRODUCT, ids.DENOMINATION, ids.QUANTITY, ids.WALLET)
}
# Fields of the order form, whose options we offer while somebody types.
OPTIONS: Mapping[str, Handler] = {
    ids.input_action_id(ids.PRODUCT): suggestions.suggest_products,
    ids.input_action_id(ids.COUNTRY): suggestions.suggest_countries,
    ids.input_action_id(ids.CATEGORY): suggestions.suggest_categories,
}
FORMS: Mapping[str, Handler] = {
    ids.ORDER_FORM: submission.submit_order_form,
    ids.DECLINE_FORM: approvals.decline,
    ids.RESOLVE_FORM: resolve.propose,
}
EVENTS: Mapping[str, Handler] = {
    "app_home_opened": home.app_home_opened,
    "user_change": people.people_changed,
    "subteam_updated": people.people_changed,
    "subteam_members_changed": people.people_changed,
}


def register(app: AsyncApp, slack_ctx: SlackContext) -> None:
    def listen(to: Callable[..., Any], handlers: Mapping[Any, Handler]) -> None:
        for name, handler in handlers.items():
            to(name)(_listener(slack_ctx, handler))

    surrogates.register(app)
    listen(app.command, COMMANDS)
    listen(app.shortcut, SHORTCUTS)
    listen(app.action, {ids.action_id_pattern(button): handler for button, handler in BUTTONS.items()})
    listen(app.action, INPUTS)
    listen(app.options, OPTIONS)
    listen(app.view, FORMS)
    listen(app.event, EVENTS)
    # Last, because the first listener that fits is the one that runs.
    for to in (app.action, app.shortcut, app.view, app.options):
        listen(to, {re.compile(".*"): error_handler.outdated_component})
    error_handler.register(app, slack_ctx)


def _listener(slack_ctx: SlackContext, handler: Handler) -> Callable[..., Awaitable[None]]:
    """A Bolt listener. What the handler did not acknowledge is acknowledged here."""

    async def listener(
        ack: AsyncAck, body: Mapping[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        await handler(Interaction(slack_ctx, ack, body, client, respond))
        if ack.response is None:
            await ack()

    return listener
