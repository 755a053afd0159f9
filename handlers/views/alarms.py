"""What the approvers channel is told when a person has to act."""

from bot.domain.orders import Order
from bot.usecases.notices import Event
from handlers.views.blocks import Message, fields, section
from handlers.views.orders import STATE_WORDS, wares
from handlers.views.text import line, mention, moment

# what is wrong, what to do
_ADVICE: dict[Event, tuple[str, str]] = {
    Event.UNSETTLED: (
        "we do not know whether this order was bought",
        "Ask the vendor with the references below. The bot keeps looking it up and never buys it anew, "
        "so do not order it again by hand.",
    ),
    Event.CODES_MISSING: (
        "this order is paid, but the vendor shows us no readable codes",
        "Ask the vendor to release the codes, with the references below. A second order would be paid twice.",
    ),
    Event.ACCESS_DENIED: (
        "the vendor does not accept our login",
        "The operator runs `giftcard check` and mends what it names. Approved orders wait until then "
        "and are bought by themselves.",
    ),
    Event.FAILED: (
        "the vendor could not deliver this order",
        "Check that the refund arrives in the wallet, then tell the requester whether to ask again.",
    ),
}
_OTHERWISE = ("this order needs a person", "Look at the order and ask the vendor with the references below.")


def alarm(order: Order, event: Event) -> Message:
    wrong, advice = _ADVICE.get(event, _OTHERWISE)
    spoken = f"🚨 {order.client_reference}: {wrong}."
    blocks = [section(f"🚨 *{order.client_reference}: {wrong}.*\n{advice}")]
    if order.trouble:
        blocks.append(section(line(order.trouble, 1000)))
    blocks.append(
        fields(
            [
                ("Order", wares(order)),
                ("Charge", str(order.charge)),
                ("State", f"{STATE_WORDS[order.state]} since {moment(order.state_since)}"),
                ("Requester", mention(order.requester.user_id)),
                ("Our reference", _code(order.client_reference)),
                ("Vendor's order", _code(order.provider_order_id)),
                ("Vendor's X-Request-Id", _code(order.vendor_request_id)),
            ]
        )
    )
    return Message(f"{spoken} {advice}", tuple(blocks))


def _code(reference: str | None) -> str:
    return f"`{line(reference, 200).replace('`', '')}`" if reference else "none known"
