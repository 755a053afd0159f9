"""Alerts in the approvals channel: a person has to act."""

from collections.abc import Mapping

from bot.domain.lifecycle import RESOLUTIONS
from bot.domain.notifications import NotificationEvent
from bot.domain.orders import Order
from bot.services.problem_text import problem_line
from handlers import ids
from handlers.block_kit.blocks import Message, actions, button, fields, section
from handlers.block_kit.dates import slack_datetime
from handlers.block_kit.text import mention, safe_line, safe_text
from handlers.views.orders import order_summary
from handlers.views.states import NEEDS_A_PERSON, STATE_TEXTS, Advice, state_label

_ADVICE: Mapping[NotificationEvent, Advice] = {
    NotificationEvent.OUTCOME_UNKNOWN: Advice(
        "we do not know whether this order was bought",
        "The bot keeps looking it up and never buys it twice, so do not order it again by hand. Should it "
        "stay so, ask the vendor with the note below, and close it with *Resolve…* once you know.",
    ),
    NotificationEvent.CODES_UNAVAILABLE: Advice(
        "this order is paid, but the vendor shows us no readable codes",
        "Paste the note below to the vendor's support. A second order would be paid twice. The bot looks "
        "again every hour; when the codes come another way, close it with *Resolve…*.",
    ),
    NotificationEvent.ACCESS_DENIED: Advice(
        "the vendor does not accept our login",
        "The operator runs `giftcard check` and mends what it names. Approved orders wait until then "
        "and are bought by themselves.",
    ),
    NotificationEvent.FOUND_AFTER_CLOSING: Advice(
        "it was closed as not bought, and the vendor has it after all",
        "It is paid. Tell the requester, who may have asked for another one since; the codes that came with "
        "it are theirs to see.",
    ),
    NotificationEvent.CHARGE_MISMATCH: Advice(
        "the vendor charged another sum than it quoted right before",
        "The order is paid and recorded with what was really charged. Compare with the vendor's invoice.",
    ),
    NotificationEvent.FAILED: Advice(
        "the vendor could not deliver this order",
        "Check that the refund arrives in the wallet, then tell the requester whether to ask again.",
    ),
    NotificationEvent.REFUND_MISSING: Advice(
        "a day has passed and its refund is not, or not wholly, in the wallet",
        "Ask the vendor where the money is, with the references below.",
    ),
}


def escalation_message(
    order: Order, event: NotificationEvent, support_note: str = "", vendor: str = ""
) -> Message:
    """`support_note` is shown as it is, to be pasted to the vendor; `vendor` is the name people know."""
    wrong, what_to_do = _advice(order, event)
    fallback_text = f"🚨 {order.client_reference}: {wrong}."
    blocks = [section(f"🚨 *{order.client_reference}: {wrong}.*\n{what_to_do}")]
    if problem := problem_line(order):
        blocks.append(section(safe_line(problem, 1000)))
    blocks.append(
        fields(
            [
                ("Order", order_summary(order)),
                ("Charge", f"{order.charge} at {safe_line(vendor, 80)}" if vendor else str(order.charge)),
                ("State", f"{state_label(order)} since {slack_datetime(order.state_since)}"),
                ("Requester", mention(order.requester.user_id)),
                ("Our reference", _code(order.client_reference)),
                ("Vendor's order", _code(order.vendor_order_id)),
                ("Vendor's X-Request-Id", _code(order.vendor_request_id)),
            ]
        )
    )
    if support_note and order.state in RESOLUTIONS:
        note = safe_text(support_note.replace("`", "'"), 2500)
        blocks.append(section(f"*For the vendor's support*\n```{note}```"))
    if order.state in RESOLUTIONS:
        blocks.append(actions(button("Resolve…", ids.RESOLVE, str(order.id))))
    return Message(f"{fallback_text} {what_to_do}", tuple(blocks))


def _advice(order: Order, event: NotificationEvent) -> Advice:
    if event is NotificationEvent.OVERDUE:
        return STATE_TEXTS[order.state].overdue
    return _ADVICE.get(event, NEEDS_A_PERSON)


def _code(reference: str | None) -> str:
    return f"`{safe_line(reference, 200).replace('`', '')}`" if reference else "none known"
