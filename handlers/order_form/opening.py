"""Open the form. Slack gives three seconds for it, so nothing but the person's right is looked up before."""

import secrets
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.money import plain
from bot.domain.policy import BadField, NotPermitted
from bot.usecases.rejections import BadRequest, Rejected
from handlers import answers, ids
from handlers.front import Front, user_id
from handlers.on_record import on_record
from handlers.order_form.live_price import start_pricing
from handlers.order_form.not_opened import say_why
from handlers.order_form.requester import requester
from handlers.order_form.screen import chosen_product, form_view
from handlers.views.order_form_price import ASKING, NoPrice, Price
from handlers.views.order_form_state import Filled, parse_selection
from handlers.views.products import parse_quote_value

_TOO_LONG = "Slack took too long, so the form could not open any more. Type `/giftcard` again."
_NOT_OPENED = "Slack did not open the form just now. Type `/giftcard` again in a moment."


def register(app: AsyncApp, front: Front) -> None:
    @app.action(ids.any_of(ids.OPEN_ORDER_FORM))
    async def open_by_button(
        ack: AsyncAck,
        body: dict[str, Any],
        action: dict[str, Any],
        client: AsyncWebClient,
        respond: AsyncRespond,
    ) -> None:
        await ack()
        why_not = await open_form(
            front,
            client,
            trigger_id=body["trigger_id"],
            user_id=user_id(body),
            chosen=str(action.get("value") or ""),
            over=body.get("view"),
        )
        if why_not:
            await say_why(front, client, body, respond, why_not)


async def open_form(
    front: Front,
    client: AsyncWebClient,
    *,
    trigger_id: str,
    user_id: str,
    chosen: str = "",
    ticket_url: str | None = None,
    over: dict[str, Any] | None = None,
) -> str | None:
    """Show the order form, filled in as far as is known; `over` is the view the person was in, if any.

    `chosen` is a product key, or what a quote was for.

    Returns None, or a sentence for the person that says why it did not open.
    """
    try:
        await requester(front, user_id, attempted="request")
    except (NotPermitted, Rejected) as refusal:
        on_record(front, {"user_id": user_id}, refusal, attempted="request")
        return str(refusal)
    form = secrets.token_urlsafe(12)
    filled = replace(_chosen(chosen), ticket_url=ticket_url, form=form)
    price = _first_price(front, filled)
    origin, view = {"trigger_id": trigger_id, "view": over}, form_view(front.desk, filled, price, is_new=True)
    try:
        view_id = await answers.open_modal(client, origin, view)
    except answers.FormNotOpened:
        return _TOO_LONG
    except answers.SLACK_TROUBLE:
        return _NOT_OPENED
    if price is ASKING:
        start_pricing(front, client, view_id, user_id, filled)
    return None


def _chosen(value: str) -> Filled:
    """What a button says is wanted; an empty form for one that says nothing we know."""
    try:
        key, amount, quantity = parse_quote_value(value)
    except ValueError:
        return Filled(quantity="1")
    return Filled(
        product_key=key or None,
        denomination=None if amount is None else plain(amount),
        quantity=str(quantity),
    )


def _first_price(front: Front, filled: Filled) -> Price:
    try:
        parse_selection(filled, chosen_product(front.desk, filled))
    except BadField as gone:
        return NoPrice(str(gone), trouble=True)
    except BadRequest as incomplete:
        return NoPrice(next(iter(incomplete.errors.values())))
    return ASKING
