"""The form is sent: one local transaction, or the reason why not, with everything typed still there."""

import asyncio
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.policy.rules import FieldError, NotPermitted
from bot.services.errors import BadRequest, DuplicateSubmission, PriceChanged, RequestRejected
from bot.services.request_order import request_order
from handlers import ids
from handlers.audit_refusal import audit_refusal
from handlers.order_form.live_price import cancel_pricing
from handlers.order_form.render import chosen_product, form_view
from handlers.order_form.requester import authorized_requester
from handlers.responses import REFUSALS
from handlers.slack_context import SlackContext, user_id
from handlers.views.blocks import Block, Message
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


def register(app: AsyncApp, slack_ctx: SlackContext) -> None:
    @app.view(ids.ORDER_FORM)
    async def submit_order_form(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        form_state = read_form(view)
        try:
            try:
                async with asyncio.timeout(_ANSWER_WITHIN_S):
                    await _request(slack_ctx, body, form_state, request_key=form_state.form_id or view["id"])
            except REFUSALS as refusal:
                audit_refusal(slack_ctx, body, refusal)
                raise
        except BadRequest as error:
            await ack(response_action="errors", errors=error_blocks(error.errors, view))
        except FieldError as error:
            await ack(response_action="errors", errors=error_blocks({error.field: str(error)}, view))
        except (NotPermitted, DuplicateSubmission) as error:
            await ack(
                response_action="update",
                view=message_modal(Message.from_text(str(error)), slack_ctx.ctx.environment),
            )
        except PriceChanged as moved:
            price = QuotedPrice(moved.quote_id, moved.quote, _vendor(slack_ctx, moved))
            await ack(
                response_action="update",
                view=_form_with_banner(slack_ctx, view, form_state, price, str(moved)),
            )
        except (RequestRejected, TimeoutError) as error:
            sentence = str(error) or _TOO_SLOW
            await ack(
                response_action="update",
                view=_form_with_banner(slack_ctx, view, form_state, _NO_PRICE_YET, sentence),
            )
        else:
            cancel_pricing(view["id"])
            await ack()


async def _request(
    slack_ctx: SlackContext, body: dict[str, Any], form_state: FormState, *, request_key: str
) -> None:
    person = await authorized_requester(slack_ctx, user_id(body), attempted="request")
    request = parse_request(form_state, chosen_product(slack_ctx.ctx, form_state))
    order = await request_order(
        slack_ctx.ctx, person, request, request_key=request_key, timeout_s=_QUOTE_WITHIN_S
    )
    log.info("order_requested", client_reference=order.client_reference)


def _form_with_banner(
    slack_ctx: SlackContext, view: dict[str, Any], form_state: FormState, price: Price, banner: str
) -> Block:
    cancel_pricing(view["id"])
    return form_view(slack_ctx.ctx, form_state, price, current_view=view, banner=banner)


def _vendor(slack_ctx: SlackContext, moved: PriceChanged) -> str:
    return slack_ctx.ctx.vendor(moved.quote.terms.vendor).title
