"""Find out what became of a purchase whose outcome is unknown, and read on what the vendor is fulfilling."""

from dataclasses import replace

import structlog

from bot.domain.backoff import poll_delay
from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order, OrderId
from bot.domain.policy.rules import FieldError
from bot.services.context import AppContext
from bot.services.purchase.attribute import attribute_once, attribute_order
from bot.services.purchase.outcomes import (
    escalate_to_people,
    mark_outcome_unknown,
    postpone_purchase,
    schedule_lookup,
)
from bot.services.purchase.record import persist_vendor_order
from bot.services.purchase.split_order import charge_with_siblings
from bot.services.purchase.submit import find_order, still_approved, submit_purchase
from bot.services.quote_order import check_charge_limit
from bot.vendors.contract import AccessDenied, NotSent, OutcomeUnknown, Refused, VendorError

log = structlog.get_logger(__name__)
_LOOKUPS_BEFORE_RESUBMITTING = 2
_RESUBMISSION_BLOCKED = (
    "The vendor does not list it, and it is not asked for again by itself, because {why} "
    "It is still looked up. When the vendor confirms that it never took it, close it with *Resolve…*."
)


async def recover_order(ctx: AppContext, order_id: OrderId) -> Order:
    """Look the order up by its reference; ask again, under the same reference, only when it is not there.

    Asking again cannot buy twice: the vendor takes a client_reference once. A look-up that fails proves
    nothing, so it never leads to asking again.
    """
    order = ctx.store.orders.get(order_id)
    lookup, lookups = ctx.vendor(order.terms.vendor).reference_lookup, order.attempts + 1
    if lookup is None:
        return await attribute_order(ctx, order)
    try:
        vendor_order = await lookup.find(order.client_reference)
    except VendorError as error:
        log.warning("look_up_failed", order_id=order.id, request_id=error.request_id, why=str(error))
        return schedule_lookup(ctx, order, lookups)
    if vendor_order is not None:
        return await persist_vendor_order(ctx, order, vendor_order, codes_were_readable=False)
    if lookups < _LOOKUPS_BEFORE_RESUBMITTING:
        return schedule_lookup(ctx, order, lookups)
    return await _resubmit_if_covered(ctx, replace(order, attempts=lookups))


async def look_up_once(ctx: AppContext, order_id: OrderId) -> Order:
    """Look an unsettled order up and do nothing else. Raises VendorError when nobody answers."""
    order = ctx.store.orders.get(order_id)
    lookup = ctx.vendor(order.terms.vendor).reference_lookup
    if lookup is None:
        return await attribute_once(ctx, order)
    vendor_order = await lookup.find(order.client_reference)
    return (
        await persist_vendor_order(ctx, order, vendor_order, codes_were_readable=False)
        if vendor_order
        else order
    )


async def _resubmit_if_covered(ctx: AppContext, order: Order) -> Order:
    """Once more under the same reference, if what was approved still holds; else people decide.

    It cannot go back to the approvers: for all we know it is bought already.
    """
    vendor = ctx.vendor(order.terms.vendor)
    if not still_approved(ctx, order):
        return _block_resubmission(ctx, order, "too few approvals cover it now.")
    if ctx.policy.vendor_forbidden(vendor.name):
        return _block_resubmission(
            ctx, order, f"the policy no longer lets anything be bought from {vendor.title}."
        )
    try:
        quote = await vendor.quote(order.terms)
        check_charge_limit(ctx, charge_with_siblings(ctx, order, quote.charge))
    except FieldError as error:
        return _block_resubmission(ctx, order, f"the policy no longer lets an order cost that much: {error}")
    except AccessDenied:
        return schedule_lookup(ctx, order, order.attempts)
    except Refused as error:
        return _block_resubmission(ctx, order, f"the vendor no longer sells it so: {error}")
    except VendorError:
        return schedule_lookup(ctx, order, order.attempts)
    if quote.moved_beyond(order.charge, ctx.policy.purchases.tolerance_percent):
        why = f"the charge was {order.charge} when it was approved and is {quote.charge} now."
        return _block_resubmission(ctx, order, why)
    return await submit_purchase(ctx, order, quote)


def _block_resubmission(ctx: AppContext, order: Order, why: str) -> Order:
    return escalate_to_people(
        ctx, order, _RESUBMISSION_BLOCKED.format(why=why), why, action="resubmission_blocked"
    )


async def follow_order(ctx: AppContext, order_id: OrderId) -> Order:
    """Read an order that the vendor is fulfilling, or whose codes we do not hold."""
    order = ctx.store.orders.get(order_id)
    vendor, known = ctx.vendor(order.terms.vendor), order.vendor_order_id
    try:
        # The vendor once answered without its id: then it has to be found otherwise.
        vendor_order = await (vendor.fetch(known) if known else find_order(ctx, order))
    except VendorError as error:
        log.warning("read_failed", order_id=order.id, request_id=error.request_id, why=str(error))
        return _read_later(ctx, order)
    if vendor_order is None:
        return _read_later(ctx, order)
    return await persist_vendor_order(ctx, order, vendor_order, codes_were_readable=known is not None)


def _read_later(ctx: AppContext, order: Order) -> Order:
    next_at = ctx.clock() + poll_delay(ctx.clock() - order.state_since)
    with ctx.store.transaction():
        return ctx.store.orders.change(
            order.id, from_=order.state, attempts=order.attempts + 1, next_at=next_at
        )


def recover_interrupted_orders(ctx: AppContext) -> int:
    """At the start nobody is buying: whatever says so was cut off, and is looked up. Returns how many."""
    interrupted = ctx.store.orders.in_states([OrderState.SUBMITTING], limit=1000)
    for order in interrupted:
        _recover_interrupted(ctx, order, "the bot stopped while buying")
    return len(interrupted)


async def recover_interrupted_order(ctx: AppContext, order_id: OrderId) -> Order:
    """The purchase failed so badly that its outcome could not be written: it is looked up as well."""
    return _recover_interrupted(ctx, ctx.store.orders.get(order_id), "the purchase was cut off")


def _recover_interrupted(ctx: AppContext, order: Order, why: str) -> Order:
    vendor = ctx.vendor(order.terms.vendor)
    if vendor.reference_lookup is None and ctx.store.snapshots.of_order(order.id) is None:
        # The account is looked at, and that is on disk, before anything is sent.
        return postpone_purchase(ctx, order, NotSent("The purchase was cut off before it was sent."))
    return mark_outcome_unknown(ctx, order, OutcomeUnknown(why), lookups=0)
