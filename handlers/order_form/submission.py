"""The form is sent: one local transaction, or the reason why not, with everything typed still there."""

import asyncio
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.policy import BadField, NotPermitted
from bot.usecases.rejections import AlreadySent, BadRequest, PriceChanged, Rejected
from bot.usecases.request_order import request_order
from handlers import ids
from handlers.answers import REFUSALS
from handlers.front import Front, user_id
from handlers.on_record import on_record
from handlers.order_form.live_price import drop_pricing
from handlers.order_form.requester import requester
from handlers.order_form.screen import chosen_product, form_view
from handlers.views.blocks import Block, Message
from handlers.views.dialogs import note
from handlers.views.order_form import error_blocks
from handlers.views.order_form_price import NoPrice, Price, Quoted
from handlers.views.order_form_state import Filled, parse_request, read_form

log = structlog.get_logger(__name__)

_ANSWER_WITHIN_S = 2.6  # of Slack's three seconds
_TOO_SLOW = "It took too long to check your request. What you typed is kept: press Request again."
_NO_PRICE = NoPrice("There is no price yet.", ask_again=True)


def register(app: AsyncApp, front: Front) -> None:
    @app.view(ids.ORDER_FORM)
    async def submit_order_form(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        filled = read_form(view)
        try:
            try:
                async with asyncio.timeout(_ANSWER_WITHIN_S):
                    await _request(front, body, filled, request_key=filled.form or view["id"])
            except REFUSALS as refusal:
                on_record(front, body, refusal)
                raise
        except BadRequest as bad:
            await ack(response_action="errors", errors=error_blocks(bad.errors, view))
        except BadField as bad:
            await ack(response_action="errors", errors=error_blocks({bad.field: str(bad)}, view))
        except (NotPermitted, AlreadySent) as no:
            await ack(response_action="update", view=note(Message.saying(str(no)), front.desk.environment))
        except PriceChanged as moved:
            price = Quoted(moved.quote_id, moved.quote, _vendor(front, moved))
            await ack(response_action="update", view=_again(front, view, filled, price, str(moved)))
        except (Rejected, TimeoutError) as silence:
            sentence = str(silence) or _TOO_SLOW
            await ack(response_action="update", view=_again(front, view, filled, _NO_PRICE, sentence))
        else:
            drop_pricing(view["id"])
            await ack()


async def _request(front: Front, body: dict[str, Any], filled: Filled, *, request_key: str) -> None:
    person = await requester(front, user_id(body), attempted="request")
    request = parse_request(filled, chosen_product(front.desk, filled))
    order = await request_order(front.desk, person, request, request_key=request_key)
    log.info("order_requested", client_reference=order.client_reference)


def _again(front: Front, view: dict[str, Any], filled: Filled, price: Price, banner: str) -> Block:
    drop_pricing(view["id"])
    return form_view(front.desk, filled, price, on_screen=view, banner=banner)


def _vendor(front: Front, moved: PriceChanged) -> str:
    return front.desk.provider(moved.quote.terms.provider).title
