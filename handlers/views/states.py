"""What people read about the states of an order. A new state needs a label here; the rest has defaults."""

from collections.abc import Mapping
from typing import NamedTuple

from bot.domain.lifecycle import FINAL, OrderState
from bot.domain.orders import Order


class Advice(NamedTuple):
    """What is wrong with an order, and what a person should do about it."""

    wrong: str
    what_to_do: str


NEEDS_A_PERSON = Advice(
    "this order needs a person", "Look at the order and ask the vendor with the references below."
)


class StateText(NamedTuple):
    """The texts of one state.

    `overdue` is for an order that stays in it for too long, `no_codes` says why there are no codes to show,
    `as_outcome` is the choice of approvers who say that an order ended like this.
    """

    label: str
    overdue: Advice = NEEDS_A_PERSON
    no_codes: str | None = None
    as_outcome: str | None = None


STATE_TEXTS: Mapping[OrderState, StateText] = {
    OrderState.PENDING_APPROVAL: StateText(
        "⏳ waiting for an approver",
        overdue=Advice(
            "nobody has decided on this request yet",
            "Approve or decline it on its card. It expires by itself, and the requester waits.",
        ),
        no_codes="{reference} still waits for approval, so there are no codes yet.",
    ),
    OrderState.DECLINED: StateText("⛔ declined"),
    OrderState.WITHDRAWN: StateText("↩️ withdrawn"),
    OrderState.EXPIRED: StateText("⌛ expired, nobody decided in time"),
    OrderState.APPROVED: StateText(
        "👍 approved, to be bought next",
        overdue=Advice(
            "this order is approved and still not bought",
            "The bot tries again by itself. The operator runs `giftcard check` when it stays so.",
        ),
    ),
    OrderState.SUBMITTING: StateText("🛒 being bought"),
    OrderState.OUTCOME_UNKNOWN: StateText("❓ being checked with the vendor"),
    OrderState.REFUSED: StateText("🚫 refused, nothing was paid"),
    OrderState.NOT_BOUGHT: StateText(
        "🗂️ closed by two approvers: it was not bought",
        as_outcome="Not bought: the vendor never took it. Close it.",
    ),
    OrderState.SPLIT: StateText(
        "🧩 being bought in parts",
        overdue=Advice(
            "this order is bought in parts, and not all of them have ended",
            "Each part that needs a person has a message of its own here.",
        ),
    ),
    OrderState.PURCHASED: StateText(
        "📦 bought, codes on their way",
        overdue=Advice(
            "this order is paid and its codes are late",
            "The bot keeps reading it. Paste the note below to the vendor's support when it stays so.",
        ),
    ),
    OrderState.PARTIALLY_DELIVERED: StateText(
        "📬 part of the codes is here",
        overdue=Advice(
            "part of this order's cards is paid and late",
            "The bot keeps reading it. Paste the note below to the vendor's support, and close it with "
            "*Resolve…* when the rest never comes.",
        ),
    ),
    OrderState.CODES_UNAVAILABLE: StateText(
        "🚨 paid, but its codes are missing",
        no_codes=(
            "{reference} is paid, but the vendor shows us no readable codes. The approvers channel knows."
        ),
    ),
    OrderState.DELIVERED: StateText("✅ delivered"),
    OrderState.PARTIALLY_FULFILLED: StateText(
        "📭 ended with fewer cards than asked for",
        no_codes="{reference} ended without codes. `/giftcard status {reference}` says why, part by part.",
    ),
    OrderState.FAILED: StateText("💥 failed at the vendor, which refunds it"),
    OrderState.CANCELLED: StateText("🚫 cancelled by the vendor, which refunds it"),
    OrderState.RESOLVED: StateText(
        "🗂️ closed by two approvers: paid, and dealt with outside of here",
        no_codes=(
            "{reference} was closed by two approvers. `/giftcard status {reference}` shows their note."
        ),
        as_outcome="Paid: what is missing comes, or came, another way. Close it.",
    ),
}
_NOT_BOUGHT = "{reference} was not bought, so there are no codes."
_BEING_BOUGHT = "{reference} is being bought. You get a message here the moment its codes arrive."


def state_label(order: Order) -> str:
    return STATE_TEXTS[order.state].label


def outcome_label(outcome: OrderState) -> str:
    """The choice that approvers make when they say how an order ended."""
    text = STATE_TEXTS[outcome]
    return text.as_outcome or text.label


def why_no_codes(order: Order) -> str:
    default = _NOT_BOUGHT if order.state in FINAL else _BEING_BOUGHT
    return (STATE_TEXTS[order.state].no_codes or default).format(reference=order.client_reference)
