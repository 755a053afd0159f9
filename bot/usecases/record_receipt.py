"""Put what the vendor says of an order on disk: codes first, then the state, then who is told."""

from datetime import timedelta

import structlog

from bot.domain.cadence import poll_gap
from bot.domain.orders import Order, OrderState, may_move
from bot.providers.contract import Purchase, Receipt, ReceiptStatus
from bot.usecases.desk import Desk
from bot.usecases.notices import Event, refresh_card, tell_requester
from bot.usecases.purchase_outcomes import PURCHASER
from bot.usecases.track_refund import REFUNDED_STATES, expect_refund
from bot.usecases.until_on_disk import until_on_disk
from store import OrderChanges

log = structlog.get_logger(__name__)
FOREIGN_ORDER_TROUBLE = (
    "The vendor holds an order under our reference that is not the one we asked for. "
    "Nothing more is bought under it; a person has to look into it with the vendor."
)
_LOOK_AGAIN_AT_MISSING_CODES = timedelta(hours=1)
_LOOK_AGAIN_AT_FOREIGN_ORDER = timedelta(hours=6)
_TROUBLE = {
    OrderState.CODES_MISSING: "Paid for, but the vendor no longer shows the codes in clear. "
    "Its support has to send them; nothing is bought again.",
    OrderState.FAILED: "The vendor could not fulfil it and refunds the wallet.",
    OrderState.CANCELLED: "The vendor cancelled it.",
}


def purchase_of(order: Order) -> Purchase:
    return Purchase(order.terms, order.client_reference, order.recipient_email)


async def keep_receipt(desk: Desk, order: Order, receipt: Receipt, *, codes_were_readable: bool) -> Order:
    """As `record_receipt`, and again until the disk takes it: these codes may be shown only once."""
    return await until_on_disk(
        lambda: record_receipt(desk, order, receipt, codes_were_readable=codes_were_readable),
        order_id=order.id,
        client_reference=order.client_reference,
        request_id=receipt.request_id,
    )


def record_receipt(desk: Desk, order: Order, receipt: Receipt, *, codes_were_readable: bool) -> Order:
    """Bring the order to the state the receipt proves.

    `codes_were_readable` tells whether this answer was the place to show codes in clear (a read of that one
    order), so that their absence means they are gone; otherwise the order is read once more.
    """
    if not receipt.matches(purchase_of(order)):
        with desk.store.transaction():
            desk.store.codes.set_aside(order.id, receipt.vouchers)
        return _shout_about_foreign_order(desk, order, receipt)
    # In a transaction of its own: whatever happens to the state below, a paid code is on disk.
    with desk.store.transaction():
        kept = desk.store.codes.keep(order.id, receipt.vouchers)
    held = desk.store.codes.count(order.id)
    after = _state_after(receipt, held=held, quantity=order.terms.quantity, readable=codes_were_readable)
    now = desk.clock()
    unread = (
        receipt.status in (ReceiptStatus.DELIVERED, ReceiptStatus.PARTLY_DELIVERED)
        and not codes_were_readable
    )
    changes: OrderChanges = {
        "provider_order_id": receipt.provider_order_id or order.provider_order_id,
        "vendor_request_id": receipt.request_id or order.vendor_request_id,
        "next_at": None if after in _FINAL else now if unread else now + _gap(desk, order, after),
    }
    if after is order.state or not may_move(order.state, after):
        changes["attempts"] = order.attempts + 1
        with desk.transaction():
            order = desk.store.orders.change(order.id, from_=order.state, **changes)
            if kept.new:
                refresh_card(desk, order)
                tell_requester(desk, order, Event.PARTLY_DELIVERED)
        return order
    changes["trouble"] = _TROUBLE.get(after)
    with desk.transaction():
        order = desk.store.orders.move(
            order.id,
            after,
            from_=order.state,
            actor=PURCHASER,
            action=after.value,
            details={
                "provider_order_id": receipt.provider_order_id,
                "request_id": receipt.request_id,
                "cards_held": held,
                "approvers": sorted(str(a.approver) for a in desk.store.approvals.valid(order)),
            },
            **changes,
        )
        if after in REFUNDED_STATES:
            expect_refund(desk, order)
        refresh_card(desk, order)
        if not (after is OrderState.PLACED and unread):
            tell_requester(desk, order, Event(after.value))
    return order


_FINAL = frozenset({OrderState.DELIVERED, OrderState.FAILED, OrderState.CANCELLED})


def _state_after(receipt: Receipt, *, held: int, quantity: int, readable: bool) -> OrderState:
    if held >= quantity:
        return OrderState.DELIVERED  # every card is here, whatever the vendor calls it
    match receipt.status:
        case ReceiptStatus.DELIVERED:
            return OrderState.CODES_MISSING if readable else OrderState.PLACED
        case ReceiptStatus.PARTLY_DELIVERED:
            return OrderState.PARTLY_DELIVERED
        case ReceiptStatus.FAILED:
            return OrderState.FAILED
        case ReceiptStatus.CANCELLED:
            return OrderState.CANCELLED
        case _:
            return OrderState.PLACED


def _gap(desk: Desk, order: Order, after: OrderState) -> timedelta:
    if after is OrderState.CODES_MISSING:
        return _LOOK_AGAIN_AT_MISSING_CODES
    return poll_gap(desk.clock() - order.state_since if after is order.state else timedelta())


def _shout_about_foreign_order(desk: Desk, order: Order, receipt: Receipt) -> Order:
    log.error(
        "foreign_order_under_our_reference",
        order_id=order.id,
        client_reference=order.client_reference,
        provider_order_id=receipt.provider_order_id,
        request_id=receipt.request_id,
    )
    now = desk.clock()
    found: OrderChanges = {
        "next_at": now + _LOOK_AGAIN_AT_FOREIGN_ORDER,
        "trouble": FOREIGN_ORDER_TROUBLE,
        "alarm_at": order.alarm_at if order.trouble == FOREIGN_ORDER_TROUBLE else now,
    }
    with desk.transaction():
        if order.state is OrderState.PLACING:
            order = desk.store.orders.move(
                order.id,
                OrderState.UNSETTLED,
                from_=order.state,
                actor=PURCHASER,
                action="foreign_order_found",
                details={"provider_order_id": receipt.provider_order_id, "request_id": receipt.request_id},
                **found,
            )
        else:
            order = desk.store.orders.change(order.id, from_=order.state, **found)
        refresh_card(desk, order)
    return order
