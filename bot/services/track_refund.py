"""Did the money come back? A refund is found among the wallet's movements, or missed after a day."""

from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from bot.domain.backoff import refund_check_delay
from bot.domain.lifecycle import EXPECTING_REFUND, Cause
from bot.domain.money import Money, precision, rounded
from bot.domain.orders import Order
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


async def track_refund(ctx: AppContext, watch: RefundWatch) -> None:
    """Look once for the refund of an order that failed, was cancelled, or came in part only."""
    order = await ctx.order(watch.order_id)
    if order.state not in EXPECTING_REFUND:
        await ctx.write(lambda tx: _end(tx, watch, RefundWatchOutcome.NOT_NEEDED))
        return
    try:
        transactions = await _wallet_transactions_of(ctx, order)
    except VendorError as error:
        # Not having been able to look proves nothing, however long it goes on.
        log.warning("refund_not_looked_for", order_id=order.id, request_id=error.request_id)
        await ctx.write(lambda tx: _look_again(ctx, tx, watch))
        return
    await ctx.write(lambda tx: _record(ctx, tx, order, watch, transactions))


def _record(
    ctx: AppContext,
    tx: Transaction,
    order: Order,
    watch: RefundWatch,
    transactions: list[WalletTransaction],
) -> None:
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
        _end(tx, watch, RefundWatchOutcome.FOUND)
    elif ctx.clock() - _since(tx, watch) >= _LONGEST:
        _end(tx, watch, RefundWatchOutcome.MISSING)
        details = {"movements_naming_it": len(transactions), "charge": str(order.charge)}
        apply(ctx, tx, order, Cause.REFUND_MISSING, actor=REFUND_TRACKER, details=details)
    else:
        _look_again(ctx, tx, watch)


def _since(tx: Transaction, watch: RefundWatch) -> datetime:
    """It may have begun anew while the vendor was being asked."""
    current = tx.refunds.get_watch(watch.order_id)
    return (current or watch).since


def _end(tx: Transaction, watch: RefundWatch, how: RefundWatchOutcome) -> None:
    tx.refunds.end(watch.order_id, how, fence=watch.fence)


def _look_again(ctx: AppContext, tx: Transaction, watch: RefundWatch) -> None:
    now = ctx.clock()
    tx.refunds.reschedule(
        watch.order_id, now + refund_check_delay(now - _since(tx, watch)), fence=watch.fence
    )


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
