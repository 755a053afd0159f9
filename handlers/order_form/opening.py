"""Open the form. Slack gives three seconds for it, so nothing but the person's right is looked up before."""

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.policy import BadField, NotPermitted
from bot.usecases.rejections import BadRequest, Rejected
from handlers.front import Front
from handlers.order_form.live_price import start_pricing
from handlers.order_form.requester import requester
from handlers.order_form.screen import chosen_product, form_view
from handlers.views.order_form_price import ASKING, NoPrice, Price
from handlers.views.order_form_state import Filled, parse_selection

_TRIGGER_GONE = {
    "expired_trigger_id",
    "exchanged_trigger_id",
    "invalid_trigger_id",
    "trigger_expired",
    "trigger_exchanged",
}
_TOO_LONG = "Slack took too long, so the form could not open any more. Type `/giftcard` again."
_NOT_OPENED = "Slack did not open the form just now. Type `/giftcard` again in a moment."


async def open_form(
    front: Front,
    client: AsyncWebClient,
    *,
    trigger_id: str,
    user_id: str,
    product_key: str | None = None,
    ticket_url: str | None = None,
) -> str | None:
    """Show the order form, filled in as far as is known.

    Returns None, or a sentence for the person that says why it did not open.
    """
    try:
        await requester(front, user_id, attempted="request")
    except (NotPermitted, Rejected) as refusal:
        return str(refusal)
    filled = Filled(product_key=product_key, quantity="1", ticket_url=ticket_url)
    price = _first_price(front, filled)
    try:
        answer = await client.views_open(trigger_id=trigger_id, view=form_view(front.desk, filled, price))
    except SlackApiError as refusal:
        return _TOO_LONG if refusal.response["error"] in _TRIGGER_GONE else _NOT_OPENED
    except (SlackClientError, ClientError, TimeoutError):
        return _NOT_OPENED
    if price is ASKING:
        start_pricing(front, client, answer["view"]["id"], user_id, filled)
    return None


def _first_price(front: Front, filled: Filled) -> Price:
    try:
        parse_selection(filled, chosen_product(front.desk, filled))
    except BadField as gone:
        return NoPrice(str(gone), trouble=True)
    except BadRequest as incomplete:
        return NoPrice(next(iter(incomplete.errors.values())))
    return ASKING
