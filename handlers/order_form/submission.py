"""The form is submitted: the request is stored, or the form says why not and keeps what was typed."""

import asyncio

import structlog

from bot.services.errors import BadRequest, DuplicateSubmission, NotPermitted, PriceChanged, RequestRejected
from bot.services.request_order import request_order
from handlers.audit_refusal import audit_refusal
from handlers.block_kit.blocks import Message
from handlers.interaction import Interaction
from handlers.order_form.live_price import cancel_pricing
from handlers.order_form.render import chosen_product, form_view
from handlers.order_form.requester import authorized_requester
from handlers.views.modals import message_modal
from handlers.views.order_form import error_blocks
from handlers.views.order_form_price import Price, PriceUnavailable, QuotedPrice
from handlers.views.order_form_state import FormState, parse_request, read_form

log = structlog.get_logger(__name__)

# Of the three seconds that Slack gives a submission: for the whole answer, and for the vendor's part in it.
_ANSWER_WITHIN_S = 2.6
_QUOTE_WITHIN_S = 1.8
_TOO_SLOW = "It took too long to check your request. What you typed is kept: press Request again."
_NO_PRICE_YET = PriceUnavailable("There is no price yet.", can_retry=True)


async def submit_order_form(interaction: Interaction) -> None:
    ack, view = interaction.ack, interaction.body["view"]
    form_state = read_form(view)
    try:
        try:
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                await _request(interaction, form_state, request_key=form_state.form_id or view["id"])
        except RequestRejected as refusal:
            await audit_refusal(interaction.slack_ctx, interaction.body, refusal)
            raise
    except BadRequest as error:
        await ack(response_action="errors", errors=error_blocks(error.errors, view))
    except (NotPermitted, DuplicateSubmission) as error:
        message = Message.from_text(str(error))
        await ack(response_action="update", view=message_modal(message, interaction.environment))
    except PriceChanged as moved:
        vendor = interaction.slack_ctx.ctx.vendor(moved.quote.terms.vendor).title
        price = QuotedPrice(moved.quote_id, moved.quote, vendor)
        await _show_again(interaction, form_state, price, banner=str(moved))
    except (RequestRejected, TimeoutError) as error:
        await _show_again(interaction, form_state, _NO_PRICE_YET, banner=str(error) or _TOO_SLOW)
    else:
        cancel_pricing(view["id"])


async def _request(interaction: Interaction, form_state: FormState, *, request_key: str) -> None:
    ctx = interaction.slack_ctx.ctx
    person = await authorized_requester(interaction.slack_ctx, interaction.user_id, attempted="request")
    request = parse_request(form_state, await chosen_product(ctx, form_state))
    order = await request_order(ctx, person, request, request_key=request_key, timeout_s=_QUOTE_WITHIN_S)
    log.info("order_requested", client_reference=order.client_reference)


async def _show_again(interaction: Interaction, form_state: FormState, price: Price, *, banner: str) -> None:
    """Show the form again with everything that was typed, and `banner` on top."""
    view = interaction.body["view"]
    cancel_pricing(view["id"])
    updated = await form_view(interaction.slack_ctx.ctx, form_state, price, current_view=view, banner=banner)
    await interaction.ack(response_action="update", view=updated)
