"""What each way a purchase can end means for the order. Every function is one transaction."""

from datetime import timedelta
from typing import Unpack

import structlog

from bot.domain.backoff import lookup_delay, retry_delay
from bot.domain.lifecycle import OrderState
from bot.domain.notifications import NotificationEvent
from bot.domain.orders import Order
from bot.domain.people import Component
from bot.domain.quotes import Quote
from bot.services.advance_order import advance
from bot.services.context import AppContext
from bot.services.notifications import alert_approvers, refresh_card
from bot.vendors.contract import AccessDenied, Refused, VendorError
from store import OrderChanges
from store.columns import JSON

log = structlog.get_logger(__name__)
PURCHASER = Component("purchaser")
_WHILE_ACCESS_IS_DENIED_S = 60.0
_TURNS_ARE_SHORT = timedelta(seconds=0.5)
_LOOKING_UP_TAKES_A_WHILE = timedelta(seconds=5)


def mark_outcome_unknown(
    ctx: AppContext, order: Order, cause: VendorError, *, lookups: int, action: str = "outcome_unknown"
) -> Order:
    """Nobody knows whether it was bought: say so, and have it looked up."""
    log.warning(
        action,
        order_id=order.id,
        client_reference=order.client_reference,
        request_id=cause.request_id,
        why=str(cause),
    )
    with ctx.transaction():
        return advance(
            ctx,
            order,
            OrderState.OUTCOME_UNKNOWN,
            actor=PURCHASER,
            action=action,
            details={"why": str(cause), "request_id": cause.request_id},
            tell=NotificationEvent.OUTCOME_UNKNOWN if lookups == 0 else None,
            attempts=lookups,
            next_at=ctx.clock() + lookup_delay(lookups),
            vendor_request_id=cause.request_id or order.vendor_request_id,
            problem="The vendor's answer did not arrive, so it is not known yet whether this was bought. "
            "It is being looked up with the vendor; nothing is bought twice.",
        )


def mark_refused(ctx: AppContext, order: Order, refusal: Refused) -> Order:
    """The vendor said no and no money moved: the order ends here."""
    log.warning(
        "vendor_refused",
        order_id=order.id,
        client_reference=order.client_reference,
        code=refusal.code,
        request_id=refusal.request_id,
    )
    problem = (
        "The wallet cannot cover it. Have it topped up, then ask again."
        if refusal.insufficient_funds
        else f"The vendor refused it: {refusal}"
    )
    with ctx.transaction():
        return advance(
            ctx,
            order,
            OrderState.REFUSED,
            actor=PURCHASER,
            action="refused_by_vendor",
            details={"code": refusal.code, "message": str(refusal), "request_id": refusal.request_id},
            tell=NotificationEvent.REFUSED,
            next_at=None,
            vendor_request_id=refusal.request_id or order.vendor_request_id,
            problem=problem,
        )


def postpone_purchase(ctx: AppContext, order: Order, failure: VendorError) -> Order:
    """Surely nothing was bought: the approval stands, and the purchase is tried again."""
    denied = isinstance(failure, AccessDenied)
    wait_s = _WHILE_ACCESS_IS_DENIED_S if denied else getattr(failure, "retry_after_s", None) or 0.0
    attempts = order.attempts + 1
    later: OrderChanges = {
        "attempts": attempts,
        "next_at": ctx.clock() + retry_delay(attempts, at_least_s=wait_s),
        "vendor_request_id": failure.request_id or order.vendor_request_id,
        "problem": f"Not bought yet: {failure} It is tried again by itself.",
    }
    log.warning(
        "purchase_postponed",
        order_id=order.id,
        client_reference=order.client_reference,
        request_id=failure.request_id,
        why=str(failure),
    )
    with ctx.transaction():
        if order.state is OrderState.SUBMITTING:
            details: dict[str, JSON] = {"why": str(failure), "request_id": failure.request_id}
            order = advance(
                ctx, order, OrderState.APPROVED, actor=PURCHASER, action="not_sent", details=details, **later
            )
        else:
            order = ctx.store.orders.change(order.id, from_=order.state, **later)
            refresh_card(ctx, order)
        if denied and attempts == 1:
            alert_approvers(ctx, order, NotificationEvent.ACCESS_DENIED)
    return order


def refuse_over_limit(ctx: AppContext, order: Order, quote: Quote, why: str) -> Order:
    """It would now cost more than the policy lets any order cost: no approval covers that."""
    with ctx.transaction():
        return advance(
            ctx,
            order,
            OrderState.REFUSED,
            actor=PURCHASER,
            action="over_limit",
            details={"approved": str(order.charge), "now": str(quote.charge)},
            tell=NotificationEvent.REFUSED,
            next_at=None,
            problem=f"Not bought: {why}",
        )


def refuse_forbidden_vendor(ctx: AppContext, order: Order, vendor: str) -> Order:
    """Since it was approved the policy has come to forbid its vendor."""
    with ctx.transaction():
        return advance(
            ctx,
            order,
            OrderState.REFUSED,
            actor=PURCHASER,
            action="vendor_forbidden",
            details={"vendor": order.terms.vendor},
            tell=NotificationEvent.REFUSED,
            next_at=None,
            problem=f"Not bought: the policy no longer allows anything to be bought from {vendor}.",
        )


def return_after_price_change(ctx: AppContext, order: Order, quote: Quote) -> Order:
    """It would cost more than was approved: the approvers see both figures."""
    return return_to_approvers(
        ctx,
        order,
        "price_moved",
        {"approved": str(order.charge), "now": str(quote.charge)},
        problem=f"The charge was {order.charge} when this was approved and is {quote.charge} now. "
        "It needs a new decision.",
        charge=quote.charge,
        discount=quote.discount,
        forex_rate=quote.forex_rate,
        fee=quote.fee,
        balance_after=quote.balance_after,
    )


def return_to_approvers(
    ctx: AppContext,
    order: Order,
    action: str,
    details: dict[str, JSON],
    **changes: Unpack[OrderChanges],
) -> Order:
    """The approval no longer covers what would be bought: it is decided anew."""
    hours = ctx.policy.purchases.expire_after_hours
    changes["next_at"] = ctx.clock() + timedelta(hours=hours)
    with ctx.transaction():
        return advance(
            ctx,
            order,
            OrderState.PENDING_APPROVAL,
            actor=PURCHASER,
            action=action,
            details=details,
            tell=NotificationEvent.PRICE_MOVED,
            **changes,
        )


def wait_for_turn(ctx: AppContext, order: Order, other: Order) -> Order:
    """Its vendor takes no reference, so purchases that could be mixed up are made one after the other."""
    problem = f"It waits for {other.client_reference}: this vendor's purchases are made one at a time."
    gap = _LOOKING_UP_TAKES_A_WHILE if other.state is OrderState.OUTCOME_UNKNOWN else _TURNS_ARE_SHORT
    with ctx.transaction():
        waiting = ctx.store.orders.change(
            order.id, from_=OrderState.APPROVED, next_at=ctx.clock() + gap, problem=problem
        )
        if order.problem != problem:
            refresh_card(ctx, waiting)
    return waiting


def escalate_to_people(ctx: AppContext, order: Order, problem: str, why: str, *, action: str) -> Order:
    """An unsettled order is looked up further, but nothing is bought for it: the channel hears at once."""
    now = ctx.clock()
    with ctx.transaction():
        if order.problem != problem:
            ctx.store.audit.write(
                actor=PURCHASER,
                action=action,
                order=order,
                before=order.state,
                after=order.state,
                details={"why": why},
            )
        order = ctx.store.orders.change(
            order.id,
            from_=order.state,
            attempts=order.attempts,
            next_at=now + lookup_delay(order.attempts),
            problem=problem,
            escalate_at=order.escalate_at if order.problem == problem else now,
        )
        refresh_card(ctx, order)
    return order


def schedule_lookup(ctx: AppContext, order: Order, lookups: int) -> Order:
    with ctx.transaction():
        return ctx.store.orders.change(
            order.id, from_=order.state, attempts=lookups, next_at=ctx.clock() + lookup_delay(lookups)
        )
