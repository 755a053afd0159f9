"""Open the form. Slack gives three seconds for it, so nothing but the person's right is looked up before."""

import secrets
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.money import plain
from bot.domain.policy.rules import FieldError, NotPermitted
from bot.services.errors import BadRequest, RequestRejected
from handlers import ids, responses
from handlers.audit_refusal import audit_refusal
from handlers.order_form.live_price import start_pricing
from handlers.order_form.open_failure import report_open_failure
from handlers.order_form.render import chosen_product, form_view
from handlers.order_form.requester import authorized_requester
from handlers.slack_context import SlackContext, user_id
from handlers.views.order_form_price import PRICE_LOADING, Price, PriceUnavailable
from handlers.views.order_form_state import FormState, parse_selection
from handlers.views.products import parse_quote_value

_TOO_LONG = "Slack took too long, so the form could not open any more. Type `/giftcard` again."
_NOT_OPENED = "Slack did not open the form just now. Type `/giftcard` again in a moment."


def register(app: AsyncApp, slack_ctx: SlackContext) -> None:
    @app.action(ids.action_id_pattern(ids.OPEN_ORDER_FORM))
    async def open_by_button(
        ack: AsyncAck,
        body: dict[str, Any],
        action: dict[str, Any],
        client: AsyncWebClient,
        respond: AsyncRespond,
    ) -> None:
        await ack()
        why_not = await open_form(
            slack_ctx,
            client,
            trigger_id=body["trigger_id"],
            user_id=user_id(body),
            chosen=str(action.get("value") or ""),
            over=body.get("view"),
        )
        if why_not:
            await report_open_failure(slack_ctx, client, body, respond, why_not)


async def open_form(
    slack_ctx: SlackContext,
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
        await authorized_requester(slack_ctx, user_id, attempted="request")
    except (NotPermitted, RequestRejected) as error:
        audit_refusal(slack_ctx, {"user_id": user_id}, error, attempted="request")
        return str(error)
    form_id = secrets.token_urlsafe(12)
    form_state = replace(_chosen(chosen), ticket_url=ticket_url, form_id=form_id)
    price = _first_price(slack_ctx, form_state)
    origin, view = (
        {"trigger_id": trigger_id, "view": over},
        form_view(slack_ctx.ctx, form_state, price, is_new=True),
    )
    try:
        view_id = await responses.open_modal(client, origin, view)
    except responses.ModalNotOpened:
        return _TOO_LONG
    except responses.SLACK_ERRORS:
        return _NOT_OPENED
    if price is PRICE_LOADING:
        start_pricing(slack_ctx, client, view_id, user_id, form_state)
    return None


def _chosen(value: str) -> FormState:
    """What a button says is wanted; an empty form for one that says nothing we know."""
    try:
        key, amount, quantity = parse_quote_value(value)
    except ValueError:
        return FormState(quantity="1")
    return FormState(
        product_key=key or None,
        denomination=None if amount is None else plain(amount),
        quantity=str(quantity),
    )


def _first_price(slack_ctx: SlackContext, form_state: FormState) -> Price:
    try:
        parse_selection(form_state, chosen_product(slack_ctx.ctx, form_state))
    except FieldError as error:
        return PriceUnavailable(str(error), is_error=True)
    except BadRequest as error:
        return PriceUnavailable(next(iter(error.errors.values())))
    return PRICE_LOADING
