"""Who is told what: rows for the outbox, written in the transaction that caused them. No codes in any."""

from enum import StrEnum

from bot.domain.orders import Order, OrderState
from bot.services.context import AppContext


class OutboxKind(StrEnum):
    """What an outbox row asks for."""

    CARD = "card"  # post the approval card, or bring the posted one up to date
    NOTIFICATION = "notification"  # tell the requester by DM; payload: {"event": …}
    APPROVER_ALERT = (
        "approver_alert"  # tell the approvals channel that a person must act; payload: {"event": …}
    )
    PROPOSAL = (
        "proposal"  # ask the approvals channel to confirm how an order ended; payload: {"proposal": id}
    )
    RECONCILIATION = "reconciliation"  # tell the approvals channel what does not fit the vendor's books; payload: {"findings": …}
    CODES = "codes"  # show the codes to the requester, ephemerally


class NotificationEvent(StrEnum):
    """What happened to an order, as its requester is told."""

    REQUESTED = "requested"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    PRICE_MOVED = "price_moved"
    PURCHASED = "purchased"
    PARTIALLY_DELIVERED = "partially_delivered"
    DELIVERED = "delivered"
    REFUSED = "refused"
    OUTCOME_UNKNOWN = "outcome_unknown"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CODES_UNAVAILABLE = "codes_unavailable"
    CODES_NOT_SHOWN = "codes_not_shown"  # though they were asked for
    REFUNDED = "refunded"
    REFUND_MISSING = "refund_missing"  # a day after the order ended; only the channel is told
    NOT_BOUGHT = "not_bought"  # closed by two approvers
    RESOLVED = "resolved"  # closed by two approvers
    PARTIALLY_FULFILLED = (
        "partially_fulfilled"  # bought in parts, some of which ended without all of their cards
    )
    CHARGE_MISMATCH = "charge_mismatch"  # than quoted right before; only the channel is told
    FOUND_AFTER_CLOSING = "found_after_closing"  # though closed as not bought; only the channel is told
    OVERDUE = "overdue"  # it is where it is for too long; only the channel is told
    ACCESS_DENIED = "access_denied"  # the vendor does not accept our login; only the channel is told


# A requester asked for the whole: of a part they hear what concerns them, by its own reference.
_TOLD_OF_PARTS = frozenset(
    {NotificationEvent.PRICE_MOVED, NotificationEvent.CODES_UNAVAILABLE, NotificationEvent.RESOLVED}
)


def refresh_card(ctx: AppContext, order: Order) -> None:
    """The card shows the order as it is when the row is sent, so the latest row wins.

    A part is shown on the card of the whole, and on one of its own once it has to be decided by itself.
    """
    if order.parent_id is None or order.state is OrderState.PENDING_APPROVAL or order.card_ts is not None:
        ctx.store.outbox.put(kind=OutboxKind.CARD, order_id=order.id)
    if order.parent_id is not None:
        ctx.store.outbox.put(kind=OutboxKind.CARD, order_id=order.parent_id)


def tell_requester(ctx: AppContext, order: Order, event: NotificationEvent) -> None:
    if order.parent_id is not None and event not in _TOLD_OF_PARTS:
        return
    ctx.store.outbox.put(
        kind=OutboxKind.NOTIFICATION,
        person=order.requester,
        order_id=order.id,
        payload={"event": event.value},
    )


def alert_approvers(ctx: AppContext, order: Order, event: NotificationEvent) -> None:
    ctx.store.outbox.put(kind=OutboxKind.APPROVER_ALERT, order_id=order.id, payload={"event": event.value})
