"""Opens the form. Slack gives three seconds for it, so only the person's role is looked up before."""

import secrets
from dataclasses import replace

from bot.domain.money import plain
from bot.services.errors import BadRequest, FieldError, RequestRejected
from handlers import ids, responses
from handlers.audit_refusal import audit_refusal
from handlers.interaction import Interaction
from handlers.order_form.live_price import start_pricing
from handlers.order_form.open_failure import report_open_failure
from handlers.order_form.render import chosen_product, form_view
from handlers.order_form.requester import authorized_requester
from handlers.slack_context import SlackContext
from handlers.views.order_form_price import PRICE_LOADING, Price, PriceUnavailable
from handlers.views.order_form_state import FormState, parse_selection
from handlers.views.products import parse_quote_value

_TOO_LONG = "Slack took too long, so the form could not open any more. Type `/giftcard` again."
_NOT_OPENED = "Slack did not open the form just now. Type `/giftcard` again in a moment."


async def open_order_form(interaction: Interaction) -> None:
    """The *Order* and *Issue a gift card* buttons."""
    await open_or_explain(interaction, chosen=interaction.value)


async def open_or_explain(
    interaction: Interaction, *, chosen: str = "", ticket_url: str | None = None
) -> None:
    reason = await open_form(interaction, chosen=chosen, ticket_url=ticket_url)
    if reason:
        await report_open_failure(interaction, reason)


async def open_form(
    interaction: Interaction, *, chosen: str = "", ticket_url: str | None = None
) -> str | None:
    """Show the order form, filled in as far as is known.

    `chosen` is a product key, or what a quote was for.
    Returns None, or a sentence for the person that says why it did not open.
    """
    slack_ctx, user_id = interaction.slack_ctx, interaction.user_id
    try:
        await authorized_requester(slack_ctx, user_id, attempted="request")
    except RequestRejected as error:
        await audit_refusal(slack_ctx, interaction.body, error, attempted="request")
        return str(error)
    form_id = secrets.token_urlsafe(12)
    form_state = replace(_chosen(chosen), ticket_url=ticket_url, form_id=form_id)
    price = await _first_price(slack_ctx, form_state)
    try:
        view_id = await interaction.open_modal(await form_view(slack_ctx.ctx, form_state, price, is_new=True))
    except responses.ModalNotOpened:
        return _TOO_LONG
    except responses.SLACK_ERRORS:
        return _NOT_OPENED
    if price is PRICE_LOADING:
        start_pricing(interaction, view_id, form_state)
    return None


def _chosen(value: str) -> FormState:
    """The form as the button fills it in; empty for a value that we do not know."""
    try:
        key, amount, quantity = parse_quote_value(value)
    except ValueError:
        return FormState(line={ids.QUANTITY: "1"})
    return FormState(
        product_key=key or None,
        line={ids.DENOMINATION: None if amount is None else plain(amount), ids.QUANTITY: str(quantity)},
    )


async def _first_price(slack_ctx: SlackContext, form_state: FormState) -> Price:
    try:
        parse_selection(form_state, await chosen_product(slack_ctx.ctx, form_state))
    except FieldError as error:
        return PriceUnavailable(str(error), is_error=True)
    except BadRequest as error:
        return PriceUnavailable(next(iter(error.errors.values())))
    return PRICE_LOADING
