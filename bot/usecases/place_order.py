"""Buy an approved order, once. A crash on any line leaves a state that says what is known."""

import asyncio
from datetime import timedelta

import structlog

from bot.domain.cadence import look_up_gap, retry_gap
from bot.domain.orders import Order, OrderId, OrderState
from bot.domain.quotes import Quote
from bot.providers.contract import AccessDenied, NotSent, OutcomeUnknown, ProviderError, Refused
from bot.usecases.desk import Desk
from bot.usecases.notices import Event, alarm, refresh_card, tell_requester
from bot.usecases.record_receipt import PURCHASER, purchase_of, record_receipt

log = structlog.get_logger(__name__)
_WHILE_ACCESS_IS_DENIED_S = 60.0
_LOOK_UPS_BEFORE_A_NO_IS_BELIEVED = 6  # after an unknown outcome: two minutes of finding nothing


async def place_order(desk: Desk, order_id: OrderId) -> Order:
    """Check the approval and the price once more, write the intent down, and buy."""
    order = desk.store.orders.get(order_id)
    if len(desk.store.approvals.valid(order)) < desk.policy.approvers.needed:
        return _back_to_approvers(desk, order, "approval_no_longer_covers_it", {}, order.trouble)
    try:
        quote = await desk.provider(order.terms.provider).quote(order.terms)
    except AccessDenied as denial:
        return _try_later(desk, order, denial, at_least_s=_WHILE_ACCESS_IS_DENIED_S)
    except Refused as refusal:
        return _refused(desk, order, refusal)
    except ProviderError as silence:
        return _try_later(desk, order, silence)
    if quote.moved_beyond(order.charge, desk.policy.purchases.tolerance_percent):
        return _price_moved(desk, order, quote)
    return await buy(desk, order)


async def buy(desk: Desk, order: Order) -> Order:
    """The one place from which money moves: from APPROVED, or from UNSETTLED under the same reference."""
    before = order.state
    lookups = order.attempts if before is OrderState.UNSETTLED else 0
    with desk.transaction():
        order = desk.store.orders.move(
            order.id,
            OrderState.PLACING,
            from_=before,
            actor=PURCHASER,
            action="purchase_intended",
            details={
                "approvers": sorted(str(a.approver) for a in desk.store.approvals.valid(order)),
                "charge": str(order.charge),
                "face_value": str(order.face_value),
                "terms": order.digest,
            },
            attempts=order.attempts,
            next_at=None,
        )
        refresh_card(desk, order)

    # The intent is on disk, and no transaction waits on the network.
    try:
        receipt = await desk.provider(order.terms.provider).place(purchase_of(order))
    except (NotSent, AccessDenied) as failure:
        if before is OrderState.UNSETTLED:
            return unsettled(desk, order, failure, lookups=lookups + 1)
        return _try_later(desk, order, failure)
    except Refused as refusal:
        return await _refused_or_there_already(desk, order, refusal, before=before, lookups=lookups)
    except OutcomeUnknown as unknown:
        return unsettled(desk, order, unknown, lookups=lookups)
    except asyncio.CancelledError:
        unsettled(desk, order, OutcomeUnknown("the bot was stopped while buying"), lookups=lookups)
        raise
    return record_receipt(desk, order, receipt, codes_were_readable=False)


def unsettled(desk: Desk, order: Order, cause: ProviderError, *, lookups: int) -> Order:
    """Nobody knows whether it was bought: say so, and have it looked up."""
    log.warning(
        "outcome_unknown",
        order_id=order.id,
        client_reference=order.client_reference,
        request_id=cause.request_id,
        why=str(cause),
    )
    with desk.transaction():
        order = desk.store.orders.move(
            order.id,
            OrderState.UNSETTLED,
            from_=OrderState.PLACING,
            actor=PURCHASER,
            action="outcome_unknown",
            details={"why": str(cause), "request_id": cause.request_id},
            attempts=lookups,
            next_at=desk.clock() + look_up_gap(lookups),
            vendor_request_id=cause.request_id or order.vendor_request_id,
            trouble="The vendor's answer did not arrive, so it is not known yet whether this was bought. "
            "It is being looked up by its reference; nothing is bought twice.",
        )
        refresh_card(desk, order)
        if lookups == 0:
            tell_requester(desk, order, Event.UNSETTLED)
    return order


async def _refused_or_there_already(
    desk: Desk, order: Order, refusal: Refused, *, before: OrderState, lookups: int
) -> Order:
    """A refusal may mean that an earlier attempt under this reference landed: look before believing it."""
    if refusal.maybe_duplicate:
        try:
            receipt = await desk.provider(order.terms.provider).find(order.client_reference)
        except ProviderError as silence:
            return unsettled(desk, order, silence, lookups=lookups)
        if receipt is not None:
            return record_receipt(desk, order, receipt, codes_were_readable=False)
        if before is OrderState.UNSETTLED and lookups < _LOOK_UPS_BEFORE_A_NO_IS_BELIEVED:
            return unsettled(desk, order, refusal, lookups=lookups + 1)
    return _refused(desk, order, refusal)


def _refused(desk: Desk, order: Order, refusal: Refused) -> Order:
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
        order = desk.store.orders.move(
            order.id,
            OrderState.REFUSED,
            from_=order.state,
            actor=PURCHASER,
            action="refused_by_vendor",
            details={"code": refusal.code, "message": str(refusal), "request_id": refusal.request_id},
            next_at=None,
            vendor_request_id=refusal.request_id or order.vendor_request_id,
            trouble=trouble,
        )
        refresh_card(desk, order)
        tell_requester(desk, order, Event.REFUSED)
    return order


def _try_later(desk: Desk, order: Order, failure: ProviderError, *, at_least_s: float = 0.0) -> Order:
    """Surely nothing was bought: the approval stands, and the purchase is tried again."""
    denied = isinstance(failure, AccessDenied)
    wait_s = _WHILE_ACCESS_IS_DENIED_S if denied else getattr(failure, "retry_after_s", None) or at_least_s
    attempts = order.attempts + 1
    later = {
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
            order = desk.store.orders.move(
                order.id,
                OrderState.APPROVED,
                from_=OrderState.PLACING,
                actor=PURCHASER,
                action="not_sent",
                details={"why": str(failure), "request_id": failure.request_id},
                **later,
            )
        else:
            order = desk.store.orders.change(order.id, **later)
        refresh_card(desk, order)
        if denied and attempts == 1:
            alarm(desk, order, Event.ACCESS_DENIED)
    return order


def _price_moved(desk: Desk, order: Order, quote: Quote) -> Order:
    return _back_to_approvers(
        desk,
        order,
        "price_moved",
        {"approved": str(order.charge), "now": str(quote.charge)},
        f"The charge was {order.charge} when this was approved and is {quote.charge} now. "
        "It needs a new decision.",
        charge=quote.charge,
        discount=quote.discount,
        forex_rate=quote.forex_rate,
        fee=quote.fee,
        balance_after=quote.balance_after,
    )


def _back_to_approvers(
    desk: Desk, order: Order, action: str, details: dict[str, str], trouble: str | None, **new_quote: object
) -> Order:
    hours = desk.policy.purchases.expire_after_hours
    with desk.transaction():
        order = desk.store.orders.move(
            order.id,
            OrderState.WAITING,
            from_=OrderState.APPROVED,
            actor=PURCHASER,
            action=action,
            details=details,
            next_at=desk.clock() + timedelta(hours=hours),
            trouble=trouble,
            **new_quote,
        )
        refresh_card(desk, order)
        tell_requester(desk, order, Event.PRICE_MOVED)
    return order
