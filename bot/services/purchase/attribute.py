"""Find a purchase without an answer at a vendor that takes no reference: by what its account shows.

The account is looked at right before each purchase, and afterwards again until the difference tells.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.domain.attribution import (
    AccountSnapshot,
    Attributed,
    Attribution,
    Candidate,
    Inconclusive,
    NotCreated,
    Unpaid,
    attribute,
)
from bot.domain.lifecycle import Cause
from bot.domain.lines import Line
from bot.domain.money import Money
from bot.domain.orders import Order
from bot.domain.problems import JSON
from bot.domain.reconciliation import ListedOrder
from bot.domain.vendor_orders import Purchase, VendorOrder, VendorOrderStatus
from bot.services.context import AppContext
from bot.services.purchase.apply import commit
from bot.services.purchase.record import purchase_of, record_vendor_order
from bot.vendors.contract import OutcomeUnknown, Vendor, VendorError

log = structlog.get_logger(__name__)
_MOST_OPENED = 20  # orders that came up meanwhile; more than a person would want to compare either
_LOOKUPS_BEFORE_ESCALATION = 3  # its list and its balance may be a moment apart
_LOOKUPS_BEFORE_ABSENCE_IS_TRUSTED = 6  # besides the policy's grace: a clock may jump


class AttributionInconclusive(OutcomeUnknown):
    """The vendor answered, and from what it shows nobody can say whether it was bought."""


@dataclass(frozen=True, slots=True)
class AccountComparison:
    """What the account tells now, and the order it is, where it tells that."""

    verdict: Attribution
    vendor_order: VendorOrder | None = None


async def snapshot_account(ctx: AppContext, order: Order) -> VendorOrder | None:
    """Put on disk what the account looks like now: nothing is sent before that.

    The order, and nothing to buy, where an attempt that was given up was successful after all.
    Raises AttributionInconclusive where that may be so, and VendorError.
    """
    vendor, taken_at = ctx.vendor(order.terms.vendor), ctx.clock()
    newest = await anext(vendor.orders(), list[ListedOrder]())
    existing_order = _conclusive_order(await compare_account(ctx, order))
    if existing_order is not None:
        return existing_order
    expected = order.expected_debit or order.charge
    ours = await ctx.read(lambda tx: tx.purchases.vendor_order_ids(vendor.name))
    suspects = _created_since_request(order, newest, expected, ours)
    known = frozenset(each.vendor_order_id for each in newest) - suspects
    snapshot = AccountSnapshot(known, await _balance(vendor, order.terms.wallet_id), expected, taken_at)
    await ctx.write(lambda tx: tx.snapshots.put(order.id, snapshot))
    if suspects:
        raise AttributionInconclusive(
            f"It may have been bought already: order {', '.join(sorted(suspects))} cost {expected} and is "
            "younger than the request, and nobody here knows it."
        )
    return None


async def compare_account(ctx: AppContext, order: Order) -> AccountComparison:
    """Compare the account with how it was before the purchase. Raises VendorError."""
    vendor = ctx.vendor(order.terms.vendor)
    snapshot, ours = await ctx.read(
        lambda tx: (tx.snapshots.of_order(order.id), tx.purchases.vendor_order_ids(vendor.name))
    )
    if snapshot is None:
        return AccountComparison(NotCreated())  # without it on disk nothing was sent
    vendor_order_ids = await _new_numbers(vendor, snapshot.known | ours)
    if len(vendor_order_ids) > _MOST_OPENED:
        return AccountComparison(
            Inconclusive(f"{len(vendor_order_ids)} orders were made elsewhere meanwhile.")
        )
    opened = {number: await ctx.sells(order.terms).fetch(number) for number in vendor_order_ids}
    balance = await _balance(vendor, order.terms.wallet_id)
    for spent in await ctx.read(lambda tx: tx.snapshots.spent_since(vendor.name, snapshot.taken_at)):
        balance += spent  # as if our own orders since had not been paid for
    verdict = attribute(
        snapshot,
        [_candidate(number, vendor_order, purchase_of(order)) for number, vendor_order in opened.items()],
        balance,
        quantity=order.terms.line.units,
        now=ctx.clock(),
    )
    vendor_order = opened[verdict.vendor_order_id] if isinstance(verdict, Attributed) else None
    return AccountComparison(verdict, vendor_order)


async def attribute_order(ctx: AppContext, order: Order) -> Order:
    """One look for an order whose outcome is unknown, and what follows from it."""
    if await ctx.read(lambda tx: tx.snapshots.of_order(order.id)) is None:
        return await commit(ctx, order, Cause.PROVEN_NOT_SENT, outcome_lost_at=None)
    lookups = order.attempts + 1
    try:
        comparison = await compare_account(ctx, order)
    except VendorError as error:
        # Not having been able to look proves nothing.
        log.warning("look_up_failed", order_id=order.id, request_id=error.request_id, why=str(error))
        return await commit(ctx, order, Cause.NOT_FOUND_YET)
    match comparison.verdict:
        case Attributed():
            assert comparison.vendor_order is not None, "what is attributed was opened"
            return await record_vendor_order(ctx, order, comparison.vendor_order, codes_were_readable=True)
        case (Inconclusive() | Unpaid()) as doubt if lookups >= _LOOKUPS_BEFORE_ESCALATION:
            return await _leave_to_people(ctx, order, _why(doubt))
        case NotCreated() if lookups >= _LOOKUPS_BEFORE_ABSENCE_IS_TRUSTED and await _grace_is_over(
            ctx, order
        ):
            return await _resubmit(ctx, order, lookups)
    return await commit(ctx, order, Cause.NOT_FOUND_YET)


async def attribute_once(ctx: AppContext, order: Order) -> Order:
    """Look, and keep what is found; conclude nothing else. Raises VendorError."""
    comparison = await compare_account(ctx, order)
    if comparison.vendor_order is None:
        return order
    return await record_vendor_order(ctx, order, comparison.vendor_order, codes_were_readable=True)


async def find_by_attribution(ctx: AppContext, order: Order) -> VendorOrder | None:
    """The order, or None when it surely is not there. Raises AttributionInconclusive, VendorError."""
    return _conclusive_order(await compare_account(ctx, order))


async def find_after_refusal(ctx: AppContext, order: Order) -> tuple[VendorOrder | None, str | None]:
    """As above, and the vendor's number of what the refusal left behind: an order without cards or cost."""
    comparison = await compare_account(ctx, order)
    if isinstance(comparison.verdict, Unpaid):
        return None, comparison.verdict.vendor_order_id
    return _conclusive_order(comparison), None


def _conclusive_order(comparison: AccountComparison) -> VendorOrder | None:
    """Raises AttributionInconclusive."""
    verdict = comparison.verdict
    if isinstance(verdict, Inconclusive | Unpaid):
        raise AttributionInconclusive(f"The account does not tell whether it was bought: {_why(verdict)}")
    return comparison.vendor_order


def _why(doubt: Inconclusive | Unpaid) -> str:
    if isinstance(doubt, Inconclusive):
        return doubt.why
    return f"order {doubt.vendor_order_id} could be it, but it has no cards and nothing was paid for it yet."


def _created_since_request(
    order: Order, newest: Iterable[ListedOrder], expected: Money, ours: Collection[str]
) -> frozenset[str]:
    """Orders nobody here knows, for the same sum: this order's, if our database was set back meanwhile."""
    return frozenset(
        each.vendor_order_id
        for each in newest
        if each.vendor_order_id not in ours
        and each.charge == expected
        and each.at is not None
        and each.at >= order.requested_at
    )


async def _grace_is_over(ctx: AppContext, order: Order) -> bool:
    snapshot = await ctx.read(lambda tx: tx.snapshots.of_order(order.id))
    grace = timedelta(minutes=ctx.policy.purchases.grace_minutes)
    return snapshot is None or ctx.clock() - snapshot.taken_at >= grace


async def _resubmit(ctx: AppContext, order: Order, lookups: int) -> Order:
    log.warning("proven_not_created", order_id=order.id, client_reference=order.client_reference)
    details: dict[str, JSON] = {"looks": lookups, "grace_minutes": ctx.policy.purchases.grace_minutes}
    return await commit(ctx, order, Cause.PROVEN_NOT_CREATED, details=details, outcome_lost_at=None)


async def _leave_to_people(ctx: AppContext, order: Order, why: str) -> Order:
    log.warning(
        "attribution_inconclusive", order_id=order.id, client_reference=order.client_reference, why=why
    )
    return await commit(
        ctx, order, Cause.ATTRIBUTION_INCONCLUSIVE, details={"why": why}, parameters={"why": why}
    )


async def _new_numbers(vendor: Vendor, known: Collection[str]) -> list[str]:
    """Orders that are neither known nor older than those: the newest first."""
    found: dict[str, None] = {}
    async for page in vendor.orders():
        vendor_order_ids = [order.vendor_order_id for order in page]
        found |= dict.fromkeys(number for number in vendor_order_ids if number not in known)
        if len(found) > _MOST_OPENED or any(number in known for number in vendor_order_ids):
            break
    return list(found)


async def _balance(vendor: Vendor, wallet_id: str) -> Money:
    for wallet in await vendor.wallets():
        if wallet.wallet_id == wallet_id:
            return wallet.balance
    raise OutcomeUnknown(f"{vendor.title} does not show the wallet that pays.")


def _candidate(number: str, vendor_order: VendorOrder, purchase: Purchase[Line]) -> Candidate:
    return Candidate(
        number,
        vendor_order.charge,
        len(vendor_order.deliverables),
        vendor_order.created_at,
        is_complete=vendor_order.status is VendorOrderStatus.DELIVERED,
        is_another=not vendor_order.matches(purchase),
    )
