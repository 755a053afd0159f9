"""Did the money come back? A refund is found among the wallet's movements, or missed after a day."""

from datetime import timedelta
from decimal import Decimal

import structlog

from bot.domain.backoff import refund_check_delay
from bot.domain.lifecycle import EXPECTING_REFUND, Cause
from bot.domain.money import Money, precision, rounded
from bot.domain.orders import Order, OrderId
from bot.domain.people import Component
from bot.domain.problems import JSON
from bot.domain.wallet_transactions import Direction, Refund, WalletTransaction
from bot.services.context import AppContext
from bot.services.purchase.apply import apply
from bot.vendors.contract import VendorError
from store import RefundWatch, RefundWatchOutcome, Transaction

log = structlog.get_logger(__name__)
REFUND_TRACKER = Component("refund_tracker")
_LONGEST = timedelta(days=1)
_CLOCKS_DIFFER = timedelta(hours=1)


async def track_refund(ctx: AppContext, order_id: OrderId) -> None:
    """Look once for the refund of an order that failed, was cancelled, or came in part only."""
    order = await ctx.order(order_id)
    if order.state not in EXPECTING_REFUND:
        await ctx.write(lambda tx: tx.refunds.end(order_id, RefundWatchOutcome.NOT_NEEDED))
        return
    try:
        transactions = await _wallet_transactions_of(ctx, order)
    except VendorError as error:
        # Not having been able to look proves nothing, however long it goes on.
        log.warning("refund_not_looked_for", order_id=order_id, request_id=error.request_id)
        await ctx.write(lambda tx: _look_again(ctx, tx, order_id))
        return
    await ctx.write(lambda tx: _record(ctx, tx, order, transactions))


def _record(ctx: AppContext, tx: Transaction, order: Order, transactions: list[WalletTransaction]) -> None:
    """What is new, who is told, and whether to look again."""
    found = [
        Refund(credit.transaction_id, credit.amount, credit.at)
        for credit in transactions
        if credit.direction is Direction.CREDIT
    ]
    new = tx.refunds.add(order.id, order.terms.vendor, found)
    complete = _covered(tx, order, transactions)
    for refund in new:
        details: dict[str, JSON] = {
            "amount": str(refund.amount),
            "movement_id": refund.transaction_id,
            "at": f"{refund.at:%Y-%m-%dT%H:%M:%SZ}",
            "complete": complete,
        }
        apply(ctx, tx, order, Cause.REFUNDED, actor=REFUND_TRACKER, details=details)
    if complete:
        tx.refunds.end(order.id, RefundWatchOutcome.FOUND)
    elif ctx.clock() - _watch_of(tx, order.id).since >= _LONGEST:
        tx.refunds.end(order.id, RefundWatchOutcome.MISSING)
        details = {"movements_naming_it": len(transactions), "charge": str(order.charge)}
        apply(ctx, tx, order, Cause.REFUND_MISSING, actor=REFUND_TRACKER, details=details)
    else:
        _look_again(ctx, tx, order.id)


def _watch_of(tx: Transaction, order_id: OrderId) -> RefundWatch:
    watch = tx.refunds.get_watch(order_id)
    assert watch is not None, f"the refund of order {order_id} is looked for"
    return watch


def _look_again(ctx: AppContext, tx: Transaction, order_id: OrderId) -> None:
    now = ctx.clock()
    tx.refunds.reschedule(order_id, now + refund_check_delay(now - _watch_of(tx, order_id).since))


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


def _covered(tx: Transaction, order: Order, transactions: list[WalletTransaction]) -> bool:
    """True when the share of the cards that never came is back, give or take the rounding."""
    currency = order.charge.currency
    paid = _total(currency, [debit.amount for debit in transactions if debit.direction is Direction.DEBIT])
    back = _total(currency, [refund.amount for refund in tx.refunds.of_order(order.id)])
    missing = order.terms.line.units - tx.codes.count(order.id)
    due = (paid or order.charge.amount) * missing / order.terms.line.units
    return back + Decimal(1).scaleb(-precision(currency)) >= rounded(due, currency) and back > 0


def _total(currency: str, amounts: list[Money]) -> Decimal:
    return sum((money.amount for money in amounts if money.currency == currency), Decimal(0))
