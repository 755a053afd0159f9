"""Did the money come back? A refund is found among the wallet's movements, or missed after a day."""

from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from bot.domain.cadence import refund_gap
from bot.domain.money import Money, precision, rounded
from bot.domain.movements import Direction, Movement, Refund
from bot.domain.orders import Order, OrderId, OrderState
from bot.domain.people import Component
from bot.providers.contract import ProviderError
from bot.usecases.desk import Desk
from bot.usecases.notices import Event, alarm, refresh_card, tell_requester
from store import Watch, WatchEnd

log = structlog.get_logger(__name__)
TREASURER = Component("treasurer")
REFUNDED_STATES = frozenset({OrderState.FAILED, OrderState.CANCELLED, OrderState.PARTLY_DELIVERED})
_PATIENCE = timedelta(days=1)
_CLOCKS_DIFFER = timedelta(hours=1)


def expect_refund(desk: Desk, order: Order) -> None:
    """Begin to look for it. Inside the transaction that brings the order into one of REFUNDED_STATES.

    Where the vendor has no statement it is in, the daily match tells that money came back.
    """
    if desk.provider(order.terms.provider).statement is None:
        return
    desk.store.refunds.watch(order.id, desk.clock())


async def track_refund(desk: Desk, order_id: OrderId) -> None:
    """Look once for the refund of an order that failed, was cancelled, or came in part only."""
    order = desk.store.orders.get(order_id)
    if order.state not in REFUNDED_STATES:
        with desk.transaction():
            desk.store.refunds.end(order_id, WatchEnd.NOT_NEEDED)
        return
    try:
        movements = await _movements_of(desk, order)
    except ProviderError as silence:
        # Not having been able to look proves nothing, however long it goes on.
        log.warning("refund_not_looked_for", order_id=order_id, request_id=silence.request_id)
        with desk.transaction():
            _look_again(desk, order_id, _watch_of(desk, order_id).since)
    else:
        _record(desk, order, movements)


def _record(desk: Desk, order: Order, movements: list[Movement]) -> None:
    """One transaction: what is new, who is told, and whether to look again."""
    found = [Refund(m.movement_id, m.amount, m.at) for m in movements if m.direction is Direction.CREDIT]
    since = _watch_of(desk, order.id).since
    with desk.transaction():
        new = desk.store.refunds.add(order.id, order.terms.provider, found)
        whole = _covered(desk, order, movements)
        for refund in new:
            _say_found(desk, order, refund, whole=whole)
        if whole:
            desk.store.refunds.end(order.id, WatchEnd.FOUND)
        elif desk.clock() - since >= _PATIENCE:
            _say_missing(desk, order, movements)
        else:
            _look_again(desk, order.id, since)


def _watch_of(desk: Desk, order_id: OrderId) -> Watch:
    watch = desk.store.refunds.watch_of(order_id)
    assert watch is not None, f"the refund of order {order_id} is looked for"
    return watch


def _look_again(desk: Desk, order_id: OrderId, since: datetime) -> None:
    now = desk.clock()
    desk.store.refunds.look_again(order_id, now + refund_gap(now - since))


async def _movements_of(desk: Desk, order: Order) -> list[Movement]:
    """Those of its wallet since it was asked for that name it. Raises ProviderError."""
    statement = desk.provider(order.terms.provider).statement
    if order.provider_order_id is None or statement is None:
        return []
    since = order.requested_at - _CLOCKS_DIFFER
    ours: dict[str, Movement] = {}
    async for page in statement.movements(order.terms.wallet_id):
        for movement in page:
            if movement.counts and movement.provider_order_id == order.provider_order_id:
                ours[movement.movement_id] = movement
        if page and page[-1].at < since:
            break
    return list(ours.values())


def _covered(desk: Desk, order: Order, movements: list[Movement]) -> bool:
    """True when the share of the cards that never came is back, give or take the rounding."""
    currency = order.charge.currency
    paid = _total(currency, [m.amount for m in movements if m.direction is Direction.DEBIT])
    back = _total(currency, [refund.amount for refund in desk.store.refunds.of_order(order.id)])
    missing = order.terms.quantity - desk.store.codes.count(order.id)
    due = (paid or order.charge.amount) * missing / order.terms.quantity
    return back + Decimal(1).scaleb(-precision(currency)) >= rounded(due, currency) and back > 0


def _total(currency: str, amounts: list[Money]) -> Decimal:
    return sum((money.amount for money in amounts if money.currency == currency), Decimal(0))


def _say_found(desk: Desk, order: Order, refund: Refund, *, whole: bool) -> None:
    desk.store.audit.write(
        actor=TREASURER,
        action="refunded",
        order=order,
        details={
            "amount": str(refund.amount),
            "movement_id": refund.movement_id,
            "at": _utc(refund.at),
            "whole": whole,
        },
    )
    refresh_card(desk, order)
    tell_requester(desk, order, Event.REFUNDED)


def _say_missing(desk: Desk, order: Order, movements: list[Movement]) -> None:
    desk.store.refunds.end(order.id, WatchEnd.MISSING)
    desk.store.audit.write(
        actor=TREASURER,
        action="refund_missing",
        order=order,
        details={"movements_naming_it": len(movements), "charge": str(order.charge)},
    )
    refresh_card(desk, order)
    alarm(desk, order, Event.REFUND_MISSING)


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
