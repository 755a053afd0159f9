"""Buy an approved order, once. A crash on any line leaves a state that says what is known."""

import asyncio
from datetime import timedelta

import structlog

from bot.domain.lifecycle import MAYBE_SPENT, UNSPENT, Cause, Step
from bot.domain.orders import Order
from bot.domain.problems import JSON
from bot.domain.purchase_checks import Objection, check_purchase
from bot.domain.quotes import Quote
from bot.domain.vendor_orders import VendorOrder
from bot.services.context import AppContext
from bot.services.purchase.apply import apply, approvers_of, commit
from bot.services.purchase.attribute import (
    AttributionInconclusive,
    find_after_refusal,
    find_by_attribution,
    snapshot_account,
)
from bot.services.purchase.record import purchase_of, record_vendor_order
from bot.services.purchase.split import split_order
from bot.vendors.contract import AccessDenied, NotSent, OutcomeUnknown, Refused, VendorError
from store import OrderChanges, Transaction

log = structlog.get_logger(__name__)
_ACCESS_DENIED_RETRY_S = 60.0
_LOOK_UP_TAKES_S = 5.0
_LOOK_UPS_BEFORE_A_REFUSAL_IS_BELIEVED = 6  # after an unknown outcome
_WAIT_BEFORE_A_REFUSAL_IS_BELIEVED = timedelta(minutes=2)


async def submit_order(ctx: AppContext, order: Order) -> Order:
    """Check the approval and the price once more, write the intent down, and buy."""
    checked = await check_and_quote(ctx, order)
    if isinstance(checked, Order):
        return checked
    if _must_be_split(ctx, order):
        return await split_order(ctx, order)
    return await submit_purchase(ctx, order, checked)


async def check_and_quote(ctx: AppContext, order: Order) -> Quote | Order:
    """A fresh quote, where what was approved still covers it; else the order where the objection takes it."""
    sells = ctx.sells(order.terms)
    if objection := await ctx.read(lambda tx: _objection(ctx, tx, order)):
        return await _object(ctx, order, objection)
    try:
        quote = await sells.quote(order.terms)
    except AccessDenied as error:
        return await _not_quoted(ctx, order, Cause.QUOTE_ACCESS_DENIED, error)
    except Refused as error:
        return await _refused(ctx, order, Cause.QUOTE_REFUSED, error)
    except VendorError as error:
        return await _not_quoted(ctx, order, Cause.QUOTE_UNAVAILABLE, error)
    if objection := await ctx.read(lambda tx: _objection(ctx, tx, order, quote)):
        return await _object(ctx, order, objection, quote)
    return quote


async def submit_purchase(ctx: AppContext, order: Order, quote: Quote) -> Order:
    """The one place from which money moves: for the first time, or again under the same reference.

    `quote` is the one just asked for; what it says is what the wallet's statement is compared with later.
    """
    sells = ctx.sells(order.terms)
    is_first = await ctx.read(lambda tx: tx.snapshots.of_order(order.id)) is None
    order = await ctx.write(lambda tx: _intend(ctx, tx, order, quote))
    if order.state not in MAYBE_SPENT:
        return order

    # The intent is on disk, and no transaction waits on the network.
    try:
        if sells.reference_lookup is None:
            landed = await _look_first(ctx, order)
            if isinstance(landed, Order):
                return landed
            if landed is not None:
                return await record_vendor_order(ctx, order, landed, codes_were_readable=True)
        bought = await sells.place(purchase_of(order))
    except (NotSent, AccessDenied) as error:
        return await _not_sent(ctx, order, error, is_first=is_first)
    except Refused as error:
        return await _refused_or_bought_before(ctx, order, error)
    except OutcomeUnknown as error:
        return await outcome_unknown(ctx, order, error)
    except asyncio.CancelledError:
        await outcome_unknown(ctx, order, OutcomeUnknown("the bot was stopped while buying"))
        raise
    return await record_vendor_order(ctx, order, bought, codes_were_readable=False)


async def find_order(ctx: AppContext, order: Order) -> VendorOrder | None:
    """By our reference, or by what the account shows where the vendor takes none. Raises VendorError."""
    reference_lookup = ctx.sells(order.terms).reference_lookup
    if reference_lookup is None:
        return await find_by_attribution(ctx, order)
    return await reference_lookup.find(order.client_reference)


async def outcome_unknown(
    ctx: AppContext, order: Order, error: VendorError, *, cause: Cause = Cause.OUTCOME_UNKNOWN
) -> Order:
    """Nobody knows whether it was bought: say so, and have it looked up."""
    again = order.outcome_lost_at is not None
    changes: OrderChanges = {
        "vendor_request_id": error.request_id or order.vendor_request_id,
        "outcome_lost_at": ctx.clock(),
    }
    if again and cause is Cause.OUTCOME_UNKNOWN:
        cause, changes["attempts"] = Cause.OUTCOME_STILL_UNKNOWN, order.attempts
    log.warning(cause.value, **_known(order, error))
    return await commit(ctx, order, cause, details=_details(error), **changes)


def _must_be_split(ctx: AppContext, order: Order) -> bool:
    largest = ctx.sells(order.terms).max_order_quantity
    return largest is not None and order.terms.line.units > largest


def _objection(
    ctx: AppContext, tx: Transaction, order: Order, quote: Quote | None = None
) -> Objection | None:
    siblings = tx.orders.children_of(order.parent_id) if order.parent_id is not None else ()
    objection = check_purchase(order, ctx.policy, tx.approvals.valid(order), quote, siblings)
    if objection is None and not _must_be_split(ctx, order) and (ahead := _ahead_of(ctx, tx, order)):
        return _awaiting_turn(ahead)
    return objection


def _awaiting_turn(ahead: Order) -> Objection:
    looked_up = ahead.state.info.step is Step.RECOVER
    wait_s = _LOOK_UP_TAKES_S if looked_up else 0.0
    return Objection(Cause.AWAITING_TURN, {"reference": ahead.client_reference}, wait_s)


def _ahead_of(ctx: AppContext, tx: Transaction, order: Order) -> Order | None:
    """The purchase that has to be over first, with a vendor that takes no reference to tell them apart by."""
    if ctx.sells(order.terms).reference_lookup is not None:
        return None
    return tx.purchases.in_flight(order.terms.vendor, besides=order.id)


def _intend(ctx: AppContext, tx: Transaction, order: Order, quote: Quote) -> Order:
    # In the transaction of the intent, so that two orders never both find nobody ahead.
    if ahead := _ahead_of(ctx, tx, order):
        turn = _awaiting_turn(ahead)
        return apply(ctx, tx, order, turn.cause, parameters=turn.parameters, retry_after_s=turn.retry_after_s)
    return apply(
        ctx,
        tx,
        order,
        Cause.SUBMITTED,
        details={
            "approvers": approvers_of(tx, order),
            "charge": str(order.charge),
            "quoted": str(quote.charge),
            "face_value": str(order.face_value),
            "terms": order.digest,
        },
        expected_net=quote.face_value - quote.discount,
        expected_debit=quote.charge,
    )


async def _look_first(ctx: AppContext, order: Order) -> VendorOrder | Order | None:
    """What an earlier attempt bought, or None where nothing stands against buying; else the order."""
    try:
        return await snapshot_account(ctx, order)
    except AttributionInconclusive as error:
        return await outcome_unknown(ctx, order, error)
    except VendorError as error:
        return await _postponed(ctx, order, Cause.NOT_SENT, error)


async def _object(ctx: AppContext, order: Order, objection: Objection, quote: Quote | None = None) -> Order:
    changes: OrderChanges = {}
    if objection.cause is Cause.PRICE_MOVED and quote is not None and order.state in UNSPENT:
        changes = {
            "charge": quote.charge,
            "charge_details": quote.charge_details,
            "discount": quote.discount,
            "forex_rate": quote.forex_rate,
            "fee": quote.fee,
            "balance_after": quote.balance_after,
        }
    parameters = dict(objection.parameters)
    if objection.cause is Cause.VENDOR_FORBIDDEN:
        parameters["vendor"] = ctx.vendor_title(order.terms.vendor)
    return await commit(
        ctx,
        order,
        objection.cause,
        details={"cause": objection.cause.value, **objection.parameters},
        parameters=parameters,
        retry_after_s=objection.retry_after_s,
        **changes,
    )


async def _not_quoted(ctx: AppContext, order: Order, cause: Cause, error: VendorError) -> Order:
    log.warning(cause.value, **_known(order, error))
    return await _postponed(ctx, order, cause, error)


async def _postponed(ctx: AppContext, order: Order, cause: Cause, error: VendorError) -> Order:
    """Surely nothing was bought: the approval stands, and the purchase is tried again."""
    wait_s = _ACCESS_DENIED_RETRY_S if isinstance(error, AccessDenied) else 0.0
    return await commit(
        ctx,
        order,
        cause,
        details=_details(error),
        parameters={"why": str(error)},
        retry_after_s=max(wait_s, getattr(error, "retry_after_s", None) or 0.0),
        vendor_request_id=error.request_id or order.vendor_request_id,
    )


async def _not_sent(ctx: AppContext, order: Order, error: NotSent | AccessDenied, *, is_first: bool) -> Order:
    if order.outcome_lost_at is not None:
        return await outcome_unknown(ctx, order, error, cause=Cause.OUTCOME_STILL_UNKNOWN)
    if is_first:  # else an earlier attempt may still land, and is told by the account as it was then
        await ctx.write(lambda tx: tx.snapshots.forget(order.id))
    cause = Cause.ACCESS_DENIED if isinstance(error, AccessDenied) else Cause.NOT_SENT
    log.warning(cause.value, **_known(order, error))
    return await _postponed(ctx, order, cause, error)


async def _refused_or_bought_before(ctx: AppContext, order: Order, refusal: Refused) -> Order:
    """A refusal may mean that an earlier attempt under this reference landed: look before believing it."""
    again = order.outcome_lost_at is not None
    left_behind = None
    if refusal.may_have_purchased or again:
        try:
            found, left_behind = await _find_after_refusal(ctx, order)
        except VendorError as error:
            return await outcome_unknown(ctx, order, error)
        if found is not None:
            return await record_vendor_order(ctx, order, found, codes_were_readable=False)
        if again and not _refusal_is_believed(ctx, order):
            log.warning("refusal_not_trusted_yet", **_known(order, refusal))
            return await commit(ctx, order, Cause.REFUSAL_NOT_TRUSTED_YET, details=_details(refusal))
    return await _refused(ctx, order, Cause.REFUSED, refusal, left_behind=left_behind)


async def _find_after_refusal(ctx: AppContext, order: Order) -> tuple[VendorOrder | None, str | None]:
    """What an earlier attempt bought; and the vendor's number of what the refusal left behind."""
    reference_lookup = ctx.sells(order.terms).reference_lookup
    if reference_lookup is None:
        return await find_after_refusal(ctx, order)
    return await reference_lookup.find(order.client_reference), None


def _refusal_is_believed(ctx: AppContext, order: Order) -> bool:
    """Looks can be brought forward and clocks set, so both have to have passed since the last lost answer."""
    waited = ctx.clock() - (order.outcome_lost_at or order.requested_at)
    return (
        order.attempts >= _LOOK_UPS_BEFORE_A_REFUSAL_IS_BELIEVED
        and waited >= _WAIT_BEFORE_A_REFUSAL_IS_BELIEVED
    )


async def _refused(
    ctx: AppContext, order: Order, cause: Cause, refusal: Refused, *, left_behind: str | None = None
) -> Order:
    """The vendor said no, and no money moved."""
    log.warning("vendor_refused", code=refusal.code, **_known(order, refusal))
    return await commit(
        ctx,
        order,
        cause,
        details={"code": refusal.code, "message": str(refusal), "request_id": refusal.request_id},
        parameters={"why": str(refusal), "funds": refusal.insufficient_funds},
        vendor_request_id=refusal.request_id or order.vendor_request_id,
        vendor_order_id=left_behind or order.vendor_order_id,
    )


def _details(error: VendorError) -> dict[str, JSON]:
    return {"why": str(error), "request_id": error.request_id}


def _known(order: Order, error: VendorError) -> dict[str, object]:
    return {
        "order_id": order.id,
        "client_reference": order.client_reference,
        "request_id": error.request_id,
        "why": str(error),
    }
