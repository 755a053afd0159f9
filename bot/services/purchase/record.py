"""Put what the vendor says of an order on disk: codes first, then the state and everything that follows."""

import structlog

from bot.domain.lifecycle import OPEN, Cause, happens, transition
from bot.domain.lines import Line
from bot.domain.orders import Order
from bot.domain.problems import ProblemCode
from bot.domain.vendor_orders import Purchase, VendorOrder
from bot.domain.vendor_reports import must_be_read_again, read_vendor_order
from bot.services.context import AppContext
from bot.services.persist_with_retry import persist_with_retry
from bot.services.purchase.apply import apply, approvers_of, commit
from bot.services.purchase.store_codes import StoredCodes, keep_codes
from store import OrderChanges, StaleState, Transaction

log = structlog.get_logger(__name__)


def purchase_of(order: Order) -> Purchase[Line]:
    return Purchase(order.terms, order.client_reference, order.recipient_email)


async def record_vendor_order(
    ctx: AppContext, order: Order, seen: VendorOrder, *, codes_were_readable: bool
) -> Order:
    """Bring the order to the state that the vendor's answer proves, and try until the disk takes it.

    The codes in it may be shown only once. `codes_were_readable` tells whether this answer was the place to
    show them in clear (a read of that one order).
    Raises StaleState when people closed the order meanwhile; what was found is told to them.
    """
    known = {
        "order_id": order.id,
        "client_reference": order.client_reference,
        "request_id": seen.request_id,
    }
    try:
        return await persist_with_retry(
            lambda: _record(ctx, order, seen, codes_were_readable=codes_were_readable), **known
        )
    except StaleState as error:
        if happens(error.order.state, Cause.FOUND_AFTER_CLOSING):
            closed = error.order
            await persist_with_retry(lambda: _found_after_closing(ctx, closed, seen), **known)
        raise


async def _record(ctx: AppContext, order: Order, seen: VendorOrder, *, codes_were_readable: bool) -> Order:
    was_otherwise = order.problem is not None and order.problem.code is ProblemCode.PURCHASE_MISMATCH
    if was_otherwise or not seen.matches(purchase_of(order)):
        await ctx.write(lambda tx: tx.codes.set_aside(order.id, seen.deliverables))
        return await _not_what_was_ordered(ctx, order, seen)
    # In a transaction of its own: whatever happens to the order, a paid code is on disk.
    kept = await ctx.write(lambda tx: keep_codes(tx, order, seen))
    return await ctx.write(
        lambda tx: _advance(ctx, tx, order, seen, kept, codes_were_readable=codes_were_readable)
    )


def _advance(
    ctx: AppContext,
    tx: Transaction,
    order: Order,
    seen: VendorOrder,
    kept: StoredCodes,
    *,
    codes_were_readable: bool,
) -> Order:
    held = tx.codes.count(order.id)
    cause = read_vendor_order(
        order.state,
        seen,
        units=order.terms.line.units,
        held=held,
        new=kept.new,
        pins_unknown=kept.pins_unknown,
        codes_were_readable=codes_were_readable,
    )
    changes: OrderChanges = {
        "vendor_order_id": seen.vendor_order_id or order.vendor_order_id,
        "vendor_request_id": seen.request_id or order.vendor_request_id,
    }
    goes_on = transition(order.client_reference, order.state, cause).to in OPEN
    if goes_on and must_be_read_again(seen, codes_were_readable=codes_were_readable):
        changes["next_at"] = ctx.clock()
    charge_mismatch = (
        order.charged is None
        and seen.charge is not None
        and order.expected_debit is not None
        and seen.charge != order.expected_debit
    )
    if order.charged is None and seen.charge is not None:
        changes["charged"] = seen.charge
    before = order
    order = apply(
        ctx,
        tx,
        order,
        cause,
        details={
            "vendor_order_id": seen.vendor_order_id,
            "request_id": seen.request_id,
            "cards_held": held,
            "approvers": approvers_of(tx, order),
        },
        **changes,
    )
    if charge_mismatch:
        log.error("charge_mismatch", order_id=order.id, client_reference=order.client_reference)
        details = {"charged": str(seen.charge), "expected": str(before.expected_debit)}
        order = apply(ctx, tx, order, Cause.CHARGE_MISMATCH, details=details)
    return order


async def _found_after_closing(ctx: AppContext, order: Order, seen: VendorOrder) -> Order:
    """Closed as not bought at the moment in which it turned out to be bought."""
    return await commit(
        ctx,
        order,
        Cause.FOUND_AFTER_CLOSING,
        details={"vendor_order_id": seen.vendor_order_id, "request_id": seen.request_id},
        vendor_order_id=seen.vendor_order_id or order.vendor_order_id,
    )


async def _not_what_was_ordered(ctx: AppContext, order: Order, seen: VendorOrder) -> Order:
    """Under our reference it may be somebody else's; without one, the answer to our purchase is what we paid.

    Only the second has the number put down: it is where the money went.
    """
    log.error(
        "foreign_order",
        order_id=order.id,
        client_reference=order.client_reference,
        vendor_order_id=seen.vendor_order_id,
        request_id=seen.request_id,
    )
    is_ours = ctx.sells(order.terms).reference_lookup is None
    changes: OrderChanges = {}
    if is_ours:
        changes["vendor_order_id"] = seen.vendor_order_id or order.vendor_order_id
    return await commit(
        ctx,
        order,
        Cause.PURCHASE_MISMATCH if is_ours else Cause.FOREIGN_ORDER,
        details={"vendor_order_id": seen.vendor_order_id, "request_id": seen.request_id},
        **changes,
    )
