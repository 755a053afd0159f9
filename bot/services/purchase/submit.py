"""Buy an approved order, once. A crash on any line leaves a state that says what is known."""

import asyncio
from datetime import timedelta

from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order, OrderId
from bot.domain.policy.rules import FieldError
from bot.domain.quotes import Quote
from bot.domain.vendor_orders import VendorOrder
from bot.services.advance_order import advance
from bot.services.context import AppContext
from bot.services.purchase.attribute import AttributionInconclusive, find_by_attribution, snapshot_account
from bot.services.purchase.outcomes import (
    PURCHASER,
    mark_outcome_unknown,
    mark_refused,
    postpone_purchase,
    refuse_forbidden_vendor,
    refuse_over_limit,
    return_after_price_change,
    return_to_approvers,
    wait_for_turn,
)
from bot.services.purchase.record import persist_vendor_order, purchase_of
from bot.services.purchase.split_order import charge_with_siblings, split_order
from bot.services.quote_order import check_charge_limit
from bot.vendors.contract import AccessDenied, NotSent, OutcomeUnknown, Refused, VendorError

_INTERRUPTED_AFTER = timedelta(minutes=5)  # longer than log-in, waiting our turn and buying can take
_LOOKUPS_BEFORE_REFUSAL_IS_TRUSTED = 6  # after an unknown outcome
_WAIT_BEFORE_REFUSAL_IS_TRUSTED = timedelta(minutes=2)


async def submit_order(ctx: AppContext, order_id: OrderId) -> Order:
    """Check the approval and the price once more, write the intent down, and buy."""
    order = ctx.store.orders.get(order_id)
    vendor = ctx.vendor(order.terms.vendor)
    if not still_approved(ctx, order):
        return return_to_approvers(ctx, order, "approval_no_longer_valid", {})
    if ctx.policy.vendor_forbidden(vendor.name):
        return refuse_forbidden_vendor(ctx, order, vendor.title)
    max_quantity = vendor.max_order_quantity
    needs_split = max_quantity is not None and order.terms.quantity > max_quantity
    if not needs_split and (ahead := _blocking_purchase(ctx, order)):
        return wait_for_turn(ctx, order, ahead)
    try:
        quote = await vendor.quote(order.terms)
    except AccessDenied as error:
        return postpone_purchase(ctx, order, error)
    except Refused as error:
        return mark_refused(ctx, order, error)
    except VendorError as error:
        return postpone_purchase(ctx, order, error)
    try:
        check_charge_limit(ctx, charge_with_siblings(ctx, order, quote.charge))
    except FieldError as error:
        return refuse_over_limit(ctx, order, quote, str(error))
    if quote.moved_beyond(order.charge, ctx.policy.purchases.tolerance_percent):
        return return_after_price_change(ctx, order, quote)
    if max_quantity is not None and needs_split:
        return split_order(ctx, order, max_quantity)
    return await submit_purchase(ctx, order, quote)


def still_approved(ctx: AppContext, order: Order) -> bool:
    """True when enough people approved exactly these terms."""
    return len(ctx.store.approvals.valid(order)) >= ctx.policy.approvers.needed


async def submit_purchase(ctx: AppContext, order: Order, quote: Quote) -> Order:
    """The one place from which money moves: from APPROVED, or from UNSETTLED under the same reference.

    `quote` is the one just asked for; what it says is what the wallet's statement is compared with later.
    """
    before, vendor = order.state, ctx.vendor(order.terms.vendor)
    lookups = order.attempts if before is OrderState.OUTCOME_UNKNOWN else 0
    is_first = ctx.store.snapshots.of_order(order.id) is None
    # Asked here, with no await before the commit: two orders never both find nobody ahead.
    if ahead := _blocking_purchase(ctx, order):
        return wait_for_turn(ctx, order, ahead)
    with ctx.transaction():
        order = advance(
            ctx,
            order,
            OrderState.SUBMITTING,
            actor=PURCHASER,
            action="purchase_intended",
            details={
                "approvers": sorted(str(a.approver) for a in ctx.store.approvals.valid(order)),
                "charge": str(order.charge),
                "quoted": str(quote.charge),
                "face_value": str(order.face_value),
                "terms": order.digest,
            },
            attempts=order.attempts,
            next_at=ctx.clock() + _INTERRUPTED_AFTER,
            expected_net=quote.face_value - quote.discount,
            expected_debit=quote.charge,
        )

    # The intent is on disk, and no transaction waits on the network.
    if vendor.reference_lookup is None:
        try:
            existing_order = await snapshot_account(ctx, order)
        except AttributionInconclusive as error:
            return mark_outcome_unknown(ctx, order, error, lookups=0)
        except VendorError as error:
            return postpone_purchase(ctx, order, error)
        if existing_order is not None:
            return await persist_vendor_order(ctx, order, existing_order, codes_were_readable=True)
    try:
        vendor_order = await vendor.place(purchase_of(order))
    except (NotSent, AccessDenied) as error:
        if before is OrderState.OUTCOME_UNKNOWN:
            return mark_outcome_unknown(ctx, order, error, lookups=lookups + 1)
        if is_first:  # else an earlier attempt may still land, and is told by the account as it was then
            with ctx.transaction():
                ctx.store.snapshots.forget(order.id)
        return postpone_purchase(ctx, order, error)
    except Refused as error:
        return await _refused_or_already_placed(ctx, order, error, before=before, lookups=lookups)
    except OutcomeUnknown as error:
        return mark_outcome_unknown(ctx, order, error, lookups=lookups)
    except asyncio.CancelledError:
        mark_outcome_unknown(ctx, order, OutcomeUnknown("the bot was stopped while buying"), lookups=lookups)
        raise
    return await persist_vendor_order(ctx, order, vendor_order, codes_were_readable=False)


def _blocking_purchase(ctx: AppContext, order: Order) -> Order | None:
    """The purchase that has to be over first, with a vendor that takes no reference to tell them apart by."""
    vendor = ctx.vendor(order.terms.vendor)
    return None if vendor.reference_lookup else ctx.store.orders.in_flight(vendor.name, besides=order.id)


async def find_order(ctx: AppContext, order: Order, *, vendor_refused: bool = False) -> VendorOrder | None:
    """By our reference, or by what the account shows where the vendor takes none. Raises VendorError."""
    lookup = ctx.vendor(order.terms.vendor).reference_lookup
    if lookup is None:
        return await find_by_attribution(ctx, order, vendor_refused=vendor_refused)
    return await lookup.find(order.client_reference)


async def _refused_or_already_placed(
    ctx: AppContext, order: Order, refusal: Refused, *, before: OrderState, lookups: int
) -> Order:
    """A refusal may mean that an earlier attempt under this reference landed: look before believing it."""
    if refusal.may_have_purchased or before is OrderState.OUTCOME_UNKNOWN:
        try:
            vendor_order = await find_order(ctx, order, vendor_refused=True)
        except VendorError as error:
            return mark_outcome_unknown(ctx, order, error, lookups=lookups)
        if vendor_order is not None:
            return await persist_vendor_order(ctx, order, vendor_order, codes_were_readable=False)
        if before is OrderState.OUTCOME_UNKNOWN and not _refusal_is_trusted(ctx, order, lookups):
            return mark_outcome_unknown(
                ctx, order, refusal, lookups=lookups + 1, action="refusal_not_trusted_yet"
            )
    return mark_refused(ctx, order, refusal)


def _refusal_is_trusted(ctx: AppContext, order: Order, lookups: int) -> bool:
    """Looks can be brought forward and clocks set, so both have to have passed since the last lost answer."""
    lost = [row.at for row in ctx.store.audit.rows(order_id=order.id) if row.action == "outcome_unknown"]
    waited = ctx.clock() - max(lost, default=order.requested_at)
    return lookups >= _LOOKUPS_BEFORE_REFUSAL_IS_TRUSTED and waited >= _WAIT_BEFORE_REFUSAL_IS_TRUSTED
