"""Find out what became of a purchase whose outcome is unknown, and read on what the vendor is fulfilling."""

from dataclasses import replace

import structlog

from bot.domain.lifecycle import INTERRUPTED, Cause
from bot.domain.orders import Order
from bot.services.context import AppContext
from bot.services.purchase.apply import commit
from bot.services.purchase.attribute import attribute_once, attribute_order
from bot.services.purchase.record import record_vendor_order
from bot.services.purchase.submit import check_and_quote, find_order, outcome_unknown, submit_purchase
from bot.vendors.contract import OutcomeUnknown, VendorError

log = structlog.get_logger(__name__)
_LOOK_UPS_BEFORE_ASKING_AGAIN = 2


async def recover_order(ctx: AppContext, order: Order) -> Order:
    """Look the order up by its reference; ask again, under the same reference, only when it is not there.

    Asking again cannot buy twice: the vendor takes a client_reference once. A look-up that fails proves
    nothing, so it never leads to asking again.
    """
    reference_lookup = ctx.sells(order.terms).reference_lookup
    if reference_lookup is None:
        return await attribute_order(ctx, order)
    try:
        found = await reference_lookup.find(order.client_reference)
    except VendorError as error:
        log.warning("look_up_failed", order_id=order.id, request_id=error.request_id, why=str(error))
        return await commit(ctx, order, Cause.NOT_FOUND_YET)
    if found is not None:
        return await record_vendor_order(ctx, order, found, codes_were_readable=False)
    look_ups = order.attempts + 1
    if look_ups < _LOOK_UPS_BEFORE_ASKING_AGAIN:
        return await commit(ctx, order, Cause.NOT_FOUND_YET)
    # Once more under the same reference, if what was approved still holds; else people decide.
    order = replace(order, attempts=look_ups)
    checked = await check_and_quote(ctx, order)
    return checked if isinstance(checked, Order) else await submit_purchase(ctx, order, checked)


async def look_up_once(ctx: AppContext, order: Order) -> Order:
    """Look an order up whose outcome is unknown, and do nothing else. Raises VendorError."""
    reference_lookup = ctx.sells(order.terms).reference_lookup
    if reference_lookup is None:
        return await attribute_once(ctx, order)
    found = await reference_lookup.find(order.client_reference)
    return await record_vendor_order(ctx, order, found, codes_were_readable=False) if found else order


async def follow_order(ctx: AppContext, order: Order) -> Order:
    """Read an order that the vendor is fulfilling, or whose codes we do not hold."""
    sells, known = ctx.sells(order.terms), order.vendor_order_id
    try:
        # The vendor once answered without its id: then it has to be found otherwise.
        seen = await (sells.fetch(known) if known else find_order(ctx, order))
    except VendorError as error:
        log.warning("read_failed", order_id=order.id, request_id=error.request_id, why=str(error))
        seen = None
    if seen is None:
        return await commit(ctx, order, Cause.NOT_READ)
    return await record_vendor_order(ctx, order, seen, codes_were_readable=known is not None)


async def recover_interrupted_order(ctx: AppContext, order: Order) -> Order:
    """Whoever was buying it is gone: its outcome is unknown, whatever was sent."""
    gone = OutcomeUnknown("the purchase was cut off")
    return await outcome_unknown(ctx, order, gone, cause=Cause.LEASE_EXPIRED)


async def recover_interrupted_orders(ctx: AppContext) -> int:
    """At the start nobody is buying: what says so was cut off, and is looked up. Returns how many."""
    interrupted = await ctx.read(lambda tx: tx.orders.in_states(INTERRUPTED, limit=1000))
    for order in interrupted:
        await recover_interrupted_order(ctx, order)
    return len(interrupted)
