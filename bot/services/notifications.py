"""Who is told what: rows for the outbox, written in the transaction that caused them. No codes in any."""

from enum import StrEnum

from bot.domain.lifecycle import STATES, Phase
from bot.domain.notifications import NotificationEvent
from bot.domain.orders import Order
from bot.services.outbox_payloads import EventPayload
from store import Transaction


class OutboxKind(StrEnum):
    """What an outbox row asks for."""

    CARD = "card"  # post the approval card, or bring the posted one up to date
    NOTIFICATION = "notification"  # tell the requester: EventPayload
    APPROVER_ALERT = "approver_alert"  # tell the approvers that a person must act: EventPayload
    PROPOSAL = "proposal"  # ask the approvers to confirm how an order ended: ProposalPayload
    RECONCILIATION = "reconciliation"  # tell the approvers what does not fit: ReconciliationPayload
    CODES = "codes"  # show codes to the requester alone, in nothing that stays: RevealPage


# A requester asked for the parent: of a child they hear what concerns them, by its own reference.
_TOLD_OF_CHILDREN = frozenset(
    {NotificationEvent.PRICE_MOVED, NotificationEvent.CODES_UNAVAILABLE, NotificationEvent.RESOLVED}
)


def refresh_card(tx: Transaction, order: Order) -> None:
    """The card shows the order as it is when the row is sent, so the latest row wins.

    A child is shown on the card of its parent, and on one of its own once it has to be decided by itself.
    """
    is_decided = STATES[order.state].phase is not Phase.APPROVAL
    if order.parent_id is None or not is_decided or order.card_ref is not None:
        tx.outbox.put(kind=OutboxKind.CARD, order_id=order.id)
    if order.parent_id is not None:
        tx.outbox.put(kind=OutboxKind.CARD, order_id=order.parent_id)


def tell_requester(tx: Transaction, order: Order, event: NotificationEvent) -> None:
    if order.parent_id is not None and event not in _TOLD_OF_CHILDREN:
        return
    tx.outbox.put(
        kind=OutboxKind.NOTIFICATION,
        person=order.requester,
        order_id=order.id,
        payload=EventPayload(event=event).model_dump(mode="json"),
    )


def alert_approvers(tx: Transaction, order: Order, event: NotificationEvent) -> None:
    tx.outbox.put(
        kind=OutboxKind.APPROVER_ALERT,
        order_id=order.id,
        payload=EventPayload(event=event).model_dump(mode="json"),
    )
