"""What the approvers channel is told when a person has to act."""

from bot.domain.lifecycle import OrderState
from bot.domain.notifications import NotificationEvent
from bot.domain.orders import Order
from bot.domain.resolutions import OUTCOMES
from handlers import ids
from handlers.views.blocks import Message, actions, button, fields, section
from handlers.views.orders import STATE_LABELS, order_summary
from handlers.views.problems import problem_line
from handlers.views.text import mention, safe_line, safe_text, slack_datetime

# what is wrong, what to do
_ADVICE: dict[NotificationEvent, tuple[str, str]] = {
    NotificationEvent.OUTCOME_UNKNOWN: (
        "we do not know whether this order was bought",
        "The bot keeps looking it up and never buys it twice, so do not order it again by hand. Should it "
        "stay so, ask the vendor with the note below, and close it with *Resolve…* once you know.",
    ),
    NotificationEvent.CODES_UNAVAILABLE: (
        "this order is paid, but the vendor shows us no readable codes",
        "Paste the note below to the vendor's support. A second order would be paid twice. The bot looks "
        "again every hour; when the codes come another way, close it with *Resolve…*.",
    ),
    NotificationEvent.ACCESS_DENIED: (
        "the vendor does not accept our login",
        "The operator runs `giftcard check` and mends what it names. Approved orders wait until then "
        "and are bought by themselves.",
    ),
    NotificationEvent.FOUND_AFTER_CLOSING: (
        "it was closed as not bought, and the vendor has it after all",
        "It is paid. Tell the requester, who may have asked for another one since; the codes that came with "
        "it are theirs to see.",
    ),
    NotificationEvent.CHARGE_MISMATCH: (
        "the vendor charged another sum than it quoted right before",
        "The order is paid and recorded with what was really charged. Compare with the vendor's invoice.",
    ),
    NotificationEvent.FAILED: (
        "the vendor could not deliver this order",
        "Check that the refund arrives in the wallet, then tell the requester whether to ask again.",
    ),
    NotificationEvent.REFUND_MISSING: (
        "a day has passed and its refund is not, or not wholly, in the wallet",
        "Ask the vendor where the money is, with the references below.",
    ),
}
# of those that are where they are for too long
_OVERDUE: dict[OrderState, tuple[str, str]] = {
    OrderState.PENDING_APPROVAL: (
        "nobody has decided on this request yet",
        "Approve or decline it on its card. It expires by itself, and the requester waits.",
    ),
    OrderState.APPROVED: (
        "this order is approved and still not bought",
        "The bot tries again by itself. The operator runs `giftcard check` when it stays so.",
    ),
    OrderState.SPLIT: (
        "this order is bought in parts, and not all of them have ended",
        "Each part that needs a person has a message of its own here.",
    ),
    OrderState.PURCHASED: (
        "this order is paid and its codes are late",
        "The bot keeps reading it. Paste the note below to the vendor's support when it stays so.",
    ),
    OrderState.PARTIALLY_DELIVERED: (
        "part of this order's cards is paid and late",
        "The bot keeps reading it. Paste the note below to the vendor's support, and close it with "
        "*Resolve…* when the rest never comes.",
    ),
}
_DEFAULT_ADVICE = (
    "this order needs a person",
    "Look at the order and ask the vendor with the references below.",
)


def escalation_message(
    order: Order, event: NotificationEvent, support_note: str = "", vendor: str = ""
) -> Message:
    """`support_note` is shown as it is, to be pasted to the vendor; `vendor` is the name people know."""
    advice_of_state = _OVERDUE.get(order.state) if event is NotificationEvent.OVERDUE else None
    wrong, advice = advice_of_state or _ADVICE.get(event, _DEFAULT_ADVICE)
    fallback_text = f"🚨 {order.client_reference}: {wrong}."
    blocks = [section(f"🚨 *{order.client_reference}: {wrong}.*\n{advice}")]
    if problem := problem_line(order):
        blocks.append(section(safe_line(problem, 1000)))
    blocks.append(
        fields(
            [
                ("Order", order_summary(order)),
                ("Charge", f"{order.charge} at {safe_line(vendor, 80)}" if vendor else str(order.charge)),
                ("State", f"{STATE_LABELS[order.state]} since {slack_datetime(order.state_since)}"),
                ("Requester", mention(order.requester.user_id)),
                ("Our reference", _code(order.client_reference)),
                ("Vendor's order", _code(order.vendor_order_id)),
                ("Vendor's X-Request-Id", _code(order.vendor_request_id)),
            ]
        )
    )
    if support_note and order.state in OUTCOMES:
        note = safe_text(support_note.replace("`", "'"), 2500)
        blocks.append(section(f"*For the vendor's support*\n```{note}```"))
    if order.state in OUTCOMES:
        blocks.append(actions(button("Resolve…", ids.RESOLVE, str(order.id))))
    return Message(f"{fallback_text} {advice}", tuple(blocks))


def _code(reference: str | None) -> str:
    return f"`{safe_line(reference, 200).replace('`', '')}`" if reference else "none known"
