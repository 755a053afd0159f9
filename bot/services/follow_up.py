"""What became of an order after its delivery: only of kinds for which that is not the end."""

from datetime import timedelta

import structlog

from bot.domain.lifecycle import Cause
from bot.domain.orders import Order, OrderId
from bot.domain.people import Component
from bot.services.context import AppContext
from bot.services.purchase.apply import apply
from bot.vendors.contract import FollowUpReport, VendorError
from store import Transaction

log = structlog.get_logger(__name__)
FOLLOW_UP = Component("follow_up")
_AFTER_A_FAILURE = timedelta(minutes=5)


async def follow_up(ctx: AppContext, order_id: OrderId, *, fence: int | None = None) -> None:
    """Look once. What is new is on record, and told to the requester. Raises LeaseLost."""
    order = await ctx.order(order_id)
    assert order.vendor_order_id is not None, f"{order.client_reference} was delivered under a number"
    try:
        report = await ctx.sells(order.terms).follow_up(order.vendor_order_id)
    except VendorError as error:
        log.warning("not_followed_up", order_id=order.id, request_id=error.request_id, why=str(error))
        report = None
    await ctx.write(lambda tx: _record(ctx, tx, order, report, fence))


def _record(
    ctx: AppContext, tx: Transaction, order: Order, report: FollowUpReport | None, fence: int | None
) -> None:
    known, now = tx.follow_ups.of_order(order.id), ctx.clock()
    status = known.status if known is not None else None
    if report is None:
        tx.follow_ups.record(order.id, status, now + _AFTER_A_FAILURE, fence=fence)
        return
    next_at = None if report.look_again_in is None else now + report.look_again_in
    tx.follow_ups.record(order.id, report.status, next_at, fence=fence)
    if report.status != status:
        details = {"status": report.status}
        apply(ctx, tx, order, Cause.FOLLOWED_UP, actor=FOLLOW_UP, details=details)
