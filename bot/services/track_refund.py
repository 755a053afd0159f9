"""Did the money come back? A refund is found among the wallet's movements, or missed after a day."""

from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from bot.domain.backoff import refund_check_delay
from bot.domain.lifecycle import OrderState
from bot.domain.money import Money, precision, rounded
from bot.domain.notifications import NotificationEvent
from bot.domain.orders import Order, OrderId
from bot.domain.people import Component
from bot.domain.wallet_transactions import Direction, Refund, WalletTransaction
from bot.services.context import AppContext
from bot.services.notifications import alert_approvers, refresh_card, tell_requester
from bot.vendors.contract import VendorError
from store import RefundWatch, RefundWatchOutcome

log = structlog.get_logger(__name__)
REFUND_TRACKER = Component("refund_tracker")
REFUNDED_STATES = frozenset({OrderState.FAILED, OrderState.CANCELLED, OrderState.PARTIALLY_DELIVERED})
_PATIENCE = timedelta(days=1)
_CLOCKS_DIFFER = timedelta(hours=1)


def expect_refund(ctx: AppContext, order: Order) -> None:
    """Begin to look for it. Inside the transaction that brings the order into one of REFUNDED_STATES.

    Where the vendor has no statement it is in, the daily match tells that money came back.
    """
    if ctx.vendor(order.terms.vendor).wallet_statement is None:
        return
    ctx.store.refunds.watch(order.id, ctx.clock())


async def track_refund(ctx: AppContext, order_id: OrderId) -> None:
    """Look once for the refund of an order that failed, was cancelled, or came in part only."""
    order = ctx.store.orders.get(order_id)
    if order.state not in REFUNDED_STATES:
        with ctx.transaction():
            ctx.store.refunds.end(order_id, RefundWatchOutcome.NOT_NEEDED)
        return
    try:
        wallet_transactions = await _wallet_transactions_of(ctx, order)
    except VendorError as error:
        # Not having been able to look proves nothing, however long it goes on.
        log.warning("refund_not_looked_for", order_id=order_id, request_id=error.request_id)
        with ctx.transaction():
            _look_again(ctx, order_id, _watch_of(ctx, order_id).since)
    else:
        _record(ctx, order, wallet_transactions)


def _record(ctx: AppContext, order: Order, wallet_transactions: list[WalletTransaction]) -> None:
    """One transaction: what is new, who is told, and whether to look again."""
    found = [
        Refund(m.transaction_id, m.amount, m.at)
        for m in wallet_transactions
        if m.direction is Direction.CREDIT
    ]
    since = _watch_of(ctx, order.id).since
    with ctx.transaction():
        new = ctx.store.refunds.add(order.id, order.terms.vendor, found)
        complete = _covered(ctx, order, wallet_transactions)
        for refund in new:
            _say_found(ctx, order, refund, complete=complete)
        if complete:
            ctx.store.refunds.end(order.id, RefundWatchOutcome.FOUND)
        elif ctx.clock() - since >= _PATIENCE:
            _say_missing(ctx, order, wallet_transactions)
        else:
            _look_again(ctx, order.id, since)


def _watch_of(ctx: AppContext, order_id: OrderId) -> RefundWatch:
    watch = ctx.store.refunds.get_watch(order_id)
    assert watch is not None, f"the refund of order {order_id} is looked for"
    return watch


def _look_again(ctx: AppContext, order_id: OrderId, since: datetime) -> None:
    now = ctx.clock()
    ctx.store.refunds.reschedule(order_id, now + refund_check_delay(now - since))


async def _wallet_transactions_of(ctx: AppContext, order: Order) -> list[WalletTransaction]:
    """Those of its wallet since it was asked for that name it. Raises VendorError."""
    wallet_statement = ctx.vendor(order.terms.vendor).wallet_statement
    if order.vendor_order_id is None or wallet_statement is None:
        return []
    since = order.requested_at - _CLOCKS_DIFFER
    ours: dict[str, WalletTransaction] = {}
    async for page in wallet_statement.wallet_transactions(order.terms.wallet_id):
        for wallet_transaction in page:
            if (
                wallet_transaction.affects_balance
                and wallet_transaction.vendor_order_id == order.vendor_order_id
            ):
                ours[wallet_transaction.transaction_id] = wallet_transaction
        if page and page[-1].at < since:
            break
    return list(ours.values())


def _covered(ctx: AppContext, order: Order, wallet_transactions: list[WalletTransaction]) -> bool:
    """True when the share of the cards that never came is back, give or take the rounding."""
    currency = order.charge.currency
    paid = _total(currency, [m.amount for m in wallet_transactions if m.direction is Direction.DEBIT])
    back = _total(currency, [refund.amount for refund in ctx.store.refunds.of_order(order.id)])
    missing = order.terms.quantity - ctx.store.codes.count(order.id)
    due = (paid or order.charge.amount) * missing / order.terms.quantity
    return back + Decimal(1).scaleb(-precision(currency)) >= rounded(due, currency) and back > 0


def _total(currency: str, amounts: list[Money]) -> Decimal:
    return sum((money.amount for money in amounts if money.currency == currency), Decimal(0))


def _say_found(ctx: AppContext, order: Order, refund: Refund, *, complete: bool) -> None:
    ctx.store.audit.write(
        actor=REFUND_TRACKER,
        action="refunded",
        order=order,
        details={
            "amount": str(refund.amount),
            "movement_id": refund.transaction_id,
            "at": _utc(refund.at),
            "complete": complete,
        },
    )
    refresh_card(ctx, order)
    tell_requester(ctx, order, NotificationEvent.REFUNDED)


def _say_missing(ctx: AppContext, order: Order, wallet_transactions: list[WalletTransaction]) -> None:
    ctx.store.refunds.end(order.id, RefundWatchOutcome.MISSING)
    ctx.store.audit.write(
        actor=REFUND_TRACKER,
        action="refund_missing",
        order=order,
        details={"movements_naming_it": len(wallet_transactions), "charge": str(order.charge)},
    )
    refresh_card(ctx, order)
    alert_approvers(ctx, order, NotificationEvent.REFUND_MISSING)


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
