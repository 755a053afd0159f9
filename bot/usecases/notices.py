"""Who is told what: rows for the outbox, written in the transaction that caused them. No codes in any."""

from enum import StrEnum

from bot.domain.orders import Order, OrderState
from bot.usecases.desk import Desk


class Kind(StrEnum):
    """What an outbox row asks for."""

    CARD = "card"  # post the approval card, or bring the posted one up to date
    NOTICE = "notice"  # tell the requester by DM; payload: {"event": …}
    ALARM = "alarm"  # tell the approvals channel that a person must act; payload: {"event": …}
    PROPOSAL = (
        "proposal"  # ask the approvals channel to confirm how an order ended; payload: {"proposal": id}
    )
    MATCH = (
        "match"  # tell the approvals channel what does not fit the vendor's books; payload: {"findings": …}
    )
    CODES = "codes"  # show the codes to the requester, ephemerally


class Event(StrEnum):
    """What happened to an order, as its requester is told."""

    REQUESTED = "requested"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    PRICE_MOVED = "price_moved"
    PLACED = "placed"
    PARTLY_DELIVERED = "partly_delivered"
    DELIVERED = "delivered"
    REFUSED = "refused"
    UNSETTLED = "unsettled"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CODES_MISSING = "codes_missing"
    CODES_NOT_SHOWN = "codes_not_shown"  # though they were asked for
    REFUNDED = "refunded"
    REFUND_MISSING = "refund_missing"  # a day after the order ended; only the channel is told
    NOT_BOUGHT = "not_bought"  # closed by two approvers
    RESOLVED = "resolved"  # closed by two approvers
    DELIVERED_SHORT = "delivered_short"  # bought in parts, some of which ended without all of their cards
    CHARGED_OTHERWISE = "charged_otherwise"  # than quoted right before; only the channel is told
    FOUND_AFTER_ALL = "found_after_all"  # though closed as not bought; only the channel is told
    OVERDUE = "overdue"  # it is where it is for too long; only the channel is told
    ACCESS_DENIED = "access_denied"  # the vendor does not accept our login; only the channel is told


# A requester asked for the whole: of a part they hear what concerns them, by its own reference.
_TOLD_OF_PARTS = frozenset({Event.PRICE_MOVED, Event.CODES_MISSING, Event.RESOLVED})


def refresh_card(desk: Desk, order: Order) -> None:
    """The card shows the order as it is when the row is sent, so the latest row wins.

    A part is shown on the card of the whole, and on one of its own once it has to be decided by itself.
    """
    if order.whole_id is None or order.state is OrderState.WAITING or order.card_ts is not None:
        desk.store.outbox.put(kind=Kind.CARD, order_id=order.id)
    if order.whole_id is not None:
        desk.store.outbox.put(kind=Kind.CARD, order_id=order.whole_id)


def tell_requester(desk: Desk, order: Order, event: Event) -> None:
    if order.whole_id is not None and event not in _TOLD_OF_PARTS:
        return
    desk.store.outbox.put(
        kind=Kind.NOTICE, person=order.requester, order_id=order.id, payload={"event": event.value}
    )


def alarm(desk: Desk, order: Order, event: Event) -> None:
    desk.store.outbox.put(kind=Kind.ALARM, order_id=order.id, payload={"event": event.value})
