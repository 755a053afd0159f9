"""What each way a purchase can end means for the order. Every function is one transaction."""

from datetime import timedelta
from typing import Unpack

import structlog

from bot.domain.cadence import look_up_gap, retry_gap
from bot.domain.orders import Order, OrderState
from bot.domain.people import Component
from bot.domain.quotes import Quote
from bot.providers.contract import AccessDenied, ProviderError, Refused
from bot.usecases.advance_order import advance
from bot.usecases.desk import Desk
from bot.usecases.notices import Event, alarm, refresh_card
from store import OrderChanges
from store.columns import JSON

log = structlog.get_logger(__name__)
PURCHASER = Component("purchaser")
_WHILE_ACCESS_IS_DENIED_S = 60.0
_TURNS_ARE_SHORT = timedelta(seconds=0.5)
_LOOKING_UP_TAKES_A_WHILE = timedelta(seconds=5)


def unsettled(
    desk: Desk, order: Order, cause: ProviderError, *, lookups: int, action: str = "outcome_unknown"
) -> Order:
    """Nobody knows whether it was bought: say so, and have it looked up."""
    log.warning(
        action,
        order_id=order.id,
        client_reference=order.client_reference,
        request_id=cause.request_id,
        why=str(cause),
    )
    with desk.transaction():
        return advance(
            desk,
            order,
            OrderState.UNSETTLED,
            actor=PURCHASER,
            action=action,
            details={"why": str(cause), "request_id": cause.request_id},
            tell=Event.UNSETTLED if lookups == 0 else None,
            attempts=lookups,
            next_at=desk.clock() + look_up_gap(lookups),
            vendor_request_id=cause.request_id or order.vendor_request_id,
            trouble="The vendor's answer did not arrive, so it is not known yet whether this was bought. "
            "It is being looked up with the vendor; nothing is bought twice.",
        )


def refused(desk: Desk, order: Order, refusal: Refused) -> Order:
    """The vendor said no and no money moved: the order ends here."""
    log.warning(
        "vendor_refused",
        order_id=order.id,
        client_reference=order.client_reference,
        code=refusal.code,
        request_id=refusal.request_id,
    )
    trouble = (
        "The wallet cannot cover it. Have it topped up, then ask again."
        if refusal.for_want_of_funds
        else f"The vendor refused it: {refusal}"
    )
    with desk.transaction():
        return advance(
            desk,
            order,
            OrderState.REFUSED,
            actor=PURCHASER,
            action="refused_by_vendor",
            details={"code": refusal.code, "message": str(refusal), "request_id": refusal.request_id},
            tell=Event.REFUSED,
            next_at=None,
            vendor_request_id=refusal.request_id or order.vendor_request_id,
            trouble=trouble,
        )


def try_later(desk: Desk, order: Order, failure: ProviderError) -> Order:
    """Surely nothing was bought: the approval stands, and the purchase is tried again."""
    denied = isinstance(failure, AccessDenied)
    wait_s = _WHILE_ACCESS_IS_DENIED_S if denied else getattr(failure, "retry_after_s", None) or 0.0
    attempts = order.attempts + 1
    later: OrderChanges = {
        "attempts": attempts,
        "next_at": desk.clock() + retry_gap(attempts, at_least_s=wait_s),
        "vendor_request_id": failure.request_id or order.vendor_request_id,
        "trouble": f"Not bought yet: {failure} It is tried again by itself.",
    }
    log.warning(
        "purchase_postponed",
        order_id=order.id,
        client_reference=order.client_reference,
        request_id=failure.request_id,
        why=str(failure),
    )
    with desk.transaction():
        if order.state is OrderState.PLACING:
            details: dict[str, JSON] = {"why": str(failure), "request_id": failure.request_id}
            order = advance(
                desk, order, OrderState.APPROVED, actor=PURCHASER, action="not_sent", details=details, **later
            )
        else:
            order = desk.store.orders.change(order.id, from_=order.state, **later)
            refresh_card(desk, order)
        if denied and attempts == 1:
            alarm(desk, order, Event.ACCESS_DENIED)
    return order


def over_limit(desk: Desk, order: Order, quote: Quote, why: str) -> Order:
    """It would now cost more than the policy lets any order cost: no approval covers that."""
    with desk.transaction():
        return advance(
            desk,
            order,
            OrderState.REFUSED,
            actor=PURCHASER,
            action="over_limit",
            details={"approved": str(order.charge), "now": str(quote.charge)},
            tell=Event.REFUSED,
            next_at=None,
            trouble=f"Not bought: {why}",
        )


def forbidden_by_policy(desk: Desk, order: Order, vendor: str) -> Order:
    """Since it was approved the policy has come to forbid its vendor."""
    with desk.transaction():
        return advance(
            desk,
            order,
            OrderState.REFUSED,
            actor=PURCHASER,
            action="vendor_forbidden",
            details={"vendor": order.terms.provider},
            tell=Event.REFUSED,
            next_at=None,
            trouble=f"Not bought: the policy no longer allows anything to be bought from {vendor}.",
        )


def price_moved(desk: Desk, order: Order, quote: Quote) -> Order:
    """It would cost more than was approved: the approvers see both figures."""
    return back_to_approvers(
        desk,
        order,
        "price_moved",
        {"approved": str(order.charge), "now": str(quote.charge)},
        trouble=f"The charge was {order.charge} when this was approved and is {quote.charge} now. "
        "It needs a new decision.",
        charge=quote.charge,
        discount=quote.discount,
        forex_rate=quote.forex_rate,
        fee=quote.fee,
        balance_after=quote.balance_after,
    )


def back_to_approvers(
    desk: Desk,
    order: Order,
    action: str,
    details: dict[str, JSON],
    **changes: Unpack[OrderChanges],
) -> Order:
    """The approval no longer covers what would be bought: it is decided anew."""
    hours = desk.policy.purchases.expire_after_hours
    changes["next_at"] = desk.clock() + timedelta(hours=hours)
    with desk.transaction():
        return advance(
            desk,
            order,
            OrderState.WAITING,
            actor=PURCHASER,
            action=action,
            details=details,
            tell=Event.PRICE_MOVED,
            **changes,
        )


def wait_for_turn(desk: Desk, order: Order, other: Order) -> Order:
    """Its vendor takes no reference, so purchases that could be mixed up are made one after the other."""
    trouble = f"It waits for {other.client_reference}: this vendor's purchases are made one at a time."
    gap = _LOOKING_UP_TAKES_A_WHILE if other.state is OrderState.UNSETTLED else _TURNS_ARE_SHORT
    with desk.transaction():
        waiting = desk.store.orders.change(
            order.id, from_=OrderState.APPROVED, next_at=desk.clock() + gap, trouble=trouble
        )
        if order.trouble != trouble:
            refresh_card(desk, waiting)
    return waiting


def leave_to_people(desk: Desk, order: Order, trouble: str, why: str, *, action: str) -> Order:
    """An unsettled order is looked up further, but nothing is bought for it: the channel hears at once."""
    now = desk.clock()
    with desk.transaction():
        if order.trouble != trouble:
            desk.store.audit.write(
                actor=PURCHASER,
                action=action,
                order=order,
                before=order.state,
                after=order.state,
                details={"why": why},
            )
        order = desk.store.orders.change(
            order.id,
            from_=order.state,
            attempts=order.attempts,
            next_at=now + look_up_gap(order.attempts),
            trouble=trouble,
            alarm_at=order.alarm_at if order.trouble == trouble else now,
        )
        refresh_card(desk, order)
    return order


def look_up_later(desk: Desk, order: Order, lookups: int) -> Order:
    with desk.transaction():
        return desk.store.orders.change(
            order.id, from_=order.state, attempts=lookups, next_at=desk.clock() + look_up_gap(lookups)
        )
