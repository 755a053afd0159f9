"""Put what the vendor says of an order on disk: codes first, then the state, then who is told."""

from datetime import timedelta

import structlog

from bot.domain.backoff import poll_delay
from bot.domain.lifecycle import OrderState
from bot.domain.notifications import NotificationEvent
from bot.domain.orders import Order, can_transition
from bot.domain.vendor_orders import Purchase, VendorOrder, VendorOrderStatus
from bot.services.advance_order import advance
from bot.services.context import AppContext
from bot.services.notifications import alert_approvers, refresh_card, tell_requester
from bot.services.persist_with_retry import persist_with_retry
from bot.services.purchase.outcomes import PURCHASER
from bot.services.purchase.store_codes import keep_codes
from bot.services.track_refund import REFUNDED_STATES, expect_refund
from store import OrderChanges, StaleState

log = structlog.get_logger(__name__)
FOREIGN_ORDER_PROBLEM = (
    "The vendor holds an order under our reference that is not the one we asked for. "
    "Nothing more is bought under it; a person has to look into it with the vendor."
)
_PURCHASE_MISMATCH = (
    "The vendor's answer to this purchase is for something else than was ordered. It is paid, its codes are "
    "kept sealed, and a person has to look into it with the vendor. Nothing is bought again."
)
_LOOK_AGAIN_AT_MISSING_CODES = timedelta(hours=1)
_LOOK_AGAIN_AT_FOREIGN_ORDER = timedelta(hours=6)
_PINS_UNKNOWN = (
    "Paid for, and the vendor shows its codes again, but not whether they have PINs. They are kept sealed; "
    "the vendor's support has to say what belongs to them. Nothing is bought again."
)
_PROBLEMS = {
    OrderState.CODES_UNAVAILABLE: "Paid for, but the vendor no longer shows the codes in clear. "
    "Its support has to send them; nothing is bought again.",
    OrderState.FAILED: "The vendor could not fulfil it and refunds the wallet.",
    OrderState.CANCELLED: "The vendor cancelled it.",
}


def purchase_of(order: Order) -> Purchase:
    return Purchase(order.terms, order.client_reference, order.recipient_email)


async def persist_vendor_order(
    ctx: AppContext, order: Order, vendor_order: VendorOrder, *, codes_were_readable: bool
) -> Order:
    """As `record_vendor_order`, and again until the disk takes it: these codes may be shown only once.

    Raises StaleState when people closed the order meanwhile; what was found is told to them.
    """
    known = {
        "order_id": order.id,
        "client_reference": order.client_reference,
        "request_id": vendor_order.request_id,
    }
    try:
        return await persist_with_retry(
            lambda: record_vendor_order(ctx, order, vendor_order, codes_were_readable=codes_were_readable),
            **known,
        )
    except StaleState as error:
        if error.order.state is OrderState.NOT_BOUGHT:
            closed = error.order
            await persist_with_retry(lambda: _found_after_closing(ctx, closed, vendor_order), **known)
        raise


def _found_after_closing(ctx: AppContext, order: Order, vendor_order: VendorOrder) -> None:
    """Closed as not bought at the moment in which it turned out to be bought."""
    with ctx.transaction():
        order = ctx.store.orders.change(
            order.id, vendor_order_id=vendor_order.vendor_order_id or order.vendor_order_id
        )
        ctx.store.audit.write(
            actor=PURCHASER,
            action="found_after_closing",
            order=order,
            before=order.state,
            after=order.state,
            details={"vendor_order_id": vendor_order.vendor_order_id, "request_id": vendor_order.request_id},
        )
        refresh_card(ctx, order)
        alert_approvers(ctx, order, NotificationEvent.FOUND_AFTER_CLOSING)


def record_vendor_order(
    ctx: AppContext, order: Order, vendor_order: VendorOrder, *, codes_were_readable: bool
) -> Order:
    """Bring the order to the state the receipt proves.

    `codes_were_readable` tells whether this answer was the place to show codes in clear (a read of that one
    order), so that their absence means they are gone; otherwise the order is read once more.
    """
    if not vendor_order.matches(purchase_of(order)) or order.problem == _PURCHASE_MISMATCH:
        with ctx.store.transaction():
            ctx.store.codes.set_aside(order.id, vendor_order.vouchers)
        return _report_foreign_order(ctx, order, vendor_order)
    with ctx.store.transaction():
        kept = keep_codes(ctx, order, vendor_order)
    held = ctx.store.codes.count(order.id)
    after = _state_after(vendor_order, held=held, quantity=order.terms.quantity, readable=codes_were_readable)
    if kept.pins_unknown:
        complete = len(vendor_order.vouchers) >= order.terms.quantity
        after = OrderState.CODES_UNAVAILABLE if complete else OrderState.PURCHASED
    now = ctx.clock()
    unread = vendor_order.status in _COMPLETE and not codes_were_readable
    changes: OrderChanges = {
        "vendor_order_id": vendor_order.vendor_order_id or order.vendor_order_id,
        "vendor_request_id": vendor_order.request_id or order.vendor_request_id,
        "next_at": None if after in _FINAL else now if unread else now + _gap(ctx, order, after),
    }
    if after is order.state or not can_transition(order.state, after):
        changes["attempts"] = order.attempts + 1
        with ctx.transaction():
            order = ctx.store.orders.change(order.id, from_=order.state, **changes)
            if kept.new:
                refresh_card(ctx, order)
                parent = order if order.parent_id is None else ctx.store.orders.get(order.parent_id)
                tell_requester(ctx, parent, NotificationEvent.PARTIALLY_DELIVERED)
        return order
    changes["problem"] = _PINS_UNKNOWN if kept.pins_unknown else _PROBLEMS.get(after)
    with ctx.transaction():
        if after in REFUNDED_STATES:
            expect_refund(ctx, order)
        _check_charge(ctx, order, vendor_order, changes)
        return advance(
            ctx,
            order,
            after,
            actor=PURCHASER,
            action=after.value,
            details={
                "vendor_order_id": vendor_order.vendor_order_id,
                "request_id": vendor_order.request_id,
                "cards_held": held,
                "approvers": sorted(str(a.approver) for a in ctx.store.approvals.valid(order)),
            },
            tell=None if after is OrderState.PURCHASED and unread else NotificationEvent(after.value),
            **changes,
        )


def _check_charge(ctx: AppContext, order: Order, vendor_order: VendorOrder, changes: OrderChanges) -> None:
    """What was charged is known once: another sum than quoted right before is told at once."""
    expected = order.expected_debit
    if vendor_order.charge is None or expected is None or vendor_order.charge == expected:
        return
    message = f"The vendor charged {vendor_order.charge}, and {expected} was quoted right before."
    log.error("charge_mismatch", order_id=order.id, client_reference=order.client_reference)
    changes["problem"] = " ".join(filter(None, (message, changes.get("problem"))))
    ctx.store.audit.write(
        actor=PURCHASER,
        action="charge_mismatch",
        order=order,
        before=order.state,
        after=order.state,
        details={"charged": str(vendor_order.charge), "expected": str(expected)},
    )
    alert_approvers(ctx, order, NotificationEvent.CHARGE_MISMATCH)


_COMPLETE = frozenset({VendorOrderStatus.DELIVERED, VendorOrderStatus.PARTIALLY_DELIVERED})
_FINAL = frozenset({OrderState.DELIVERED, OrderState.FAILED, OrderState.CANCELLED})


def _state_after(vendor_order: VendorOrder, *, held: int, quantity: int, readable: bool) -> OrderState:
    if held >= quantity:
        return OrderState.DELIVERED  # every card is here, whatever the vendor calls it
    match vendor_order.status:
        case VendorOrderStatus.DELIVERED if 0 < len(vendor_order.vouchers) < quantity:
            return OrderState.PARTIALLY_DELIVERED  # it says so, and lists fewer cards than were ordered
        case VendorOrderStatus.DELIVERED:
            return OrderState.CODES_UNAVAILABLE if readable else OrderState.PURCHASED
        case VendorOrderStatus.PARTIALLY_DELIVERED:
            return OrderState.PARTIALLY_DELIVERED
        case VendorOrderStatus.FAILED:
            return OrderState.FAILED
        case VendorOrderStatus.CANCELLED:
            return OrderState.CANCELLED
        case _:
            return OrderState.PURCHASED


def _gap(ctx: AppContext, order: Order, after: OrderState) -> timedelta:
    if after is OrderState.CODES_UNAVAILABLE:
        return _LOOK_AGAIN_AT_MISSING_CODES
    return poll_delay(ctx.clock() - order.state_since if after is order.state else timedelta())


def _report_foreign_order(ctx: AppContext, order: Order, vendor_order: VendorOrder) -> Order:
    """Under our reference it may be somebody else's; without one, the answer to our purchase is what we paid.

    Only the second has the number put down: it is where the money went.
    """
    log.error(
        "foreign_order",
        order_id=order.id,
        client_reference=order.client_reference,
        vendor_order_id=vendor_order.vendor_order_id,
        request_id=vendor_order.request_id,
    )
    ours = ctx.vendor(order.terms.vendor).reference_lookup is None
    problem = _PURCHASE_MISMATCH if ours else FOREIGN_ORDER_PROBLEM
    now = ctx.clock()
    found: OrderChanges = {
        "next_at": now + _LOOK_AGAIN_AT_FOREIGN_ORDER,
        "problem": problem,
        "escalate_at": order.escalate_at if order.problem == problem else now,
    }
    if ours:
        found["vendor_order_id"] = vendor_order.vendor_order_id or order.vendor_order_id
    with ctx.transaction():
        if order.state is not OrderState.SUBMITTING:
            order = ctx.store.orders.change(order.id, from_=order.state, **found)
            refresh_card(ctx, order)
            return order
        return advance(
            ctx,
            order,
            OrderState.CODES_UNAVAILABLE if ours else OrderState.OUTCOME_UNKNOWN,
            actor=PURCHASER,
            action="purchase_mismatch" if ours else "foreign_order_found",
            details={"vendor_order_id": vendor_order.vendor_order_id, "request_id": vendor_order.request_id},
            tell=NotificationEvent.CODES_UNAVAILABLE if ours else None,
            **found,
        )
