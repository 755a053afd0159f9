"""Put what the vendor says of an order on disk: codes first, then the state, then who is told."""

from datetime import timedelta

import structlog

from bot.domain.cadence import poll_gap
from bot.domain.orders import Order, OrderState, may_move
from bot.providers.contract import Purchase, Receipt, ReceiptStatus
from bot.usecases.advance_order import advance
from bot.usecases.desk import Desk
from bot.usecases.keep_codes import keep_codes
from bot.usecases.notices import Event, alarm, refresh_card, tell_requester
from bot.usecases.purchase_outcomes import PURCHASER
from bot.usecases.track_refund import REFUNDED_STATES, expect_refund
from bot.usecases.until_on_disk import until_on_disk
from store import OrderChanges, StaleState

log = structlog.get_logger(__name__)
FOREIGN_ORDER_TROUBLE = (
    "The vendor holds an order under our reference that is not the one we asked for. "
    "Nothing more is bought under it; a person has to look into it with the vendor."
)
_SOLD_OTHERWISE = (
    "The vendor's answer to this purchase is for something else than was ordered. It is paid, its codes are "
    "kept sealed, and a person has to look into it with the vendor. Nothing is bought again."
)
_LOOK_AGAIN_AT_MISSING_CODES = timedelta(hours=1)
_LOOK_AGAIN_AT_FOREIGN_ORDER = timedelta(hours=6)
_PINS_UNKNOWN = (
    "Paid for, and the vendor shows its codes again, but not whether they have PINs. They are kept sealed; "
    "the vendor's support has to say what belongs to them. Nothing is bought again."
)
_TROUBLE = {
    OrderState.CODES_MISSING: "Paid for, but the vendor no longer shows the codes in clear. "
    "Its support has to send them; nothing is bought again.",
    OrderState.FAILED: "The vendor could not fulfil it and refunds the wallet.",
    OrderState.CANCELLED: "The vendor cancelled it.",
}


def purchase_of(order: Order) -> Purchase:
    return Purchase(order.terms, order.client_reference, order.recipient_email)


async def keep_receipt(desk: Desk, order: Order, receipt: Receipt, *, codes_were_readable: bool) -> Order:
    """As `record_receipt`, and again until the disk takes it: these codes may be shown only once.

    Raises StaleState when people closed the order meanwhile; what was found is told to them.
    """
    known = {
        "order_id": order.id,
        "client_reference": order.client_reference,
        "request_id": receipt.request_id,
    }
    try:
        return await until_on_disk(
            lambda: record_receipt(desk, order, receipt, codes_were_readable=codes_were_readable), **known
        )
    except StaleState as moved:
        if moved.order.state is OrderState.NOT_BOUGHT:
            closed = moved.order
            await until_on_disk(lambda: _found_after_all(desk, closed, receipt), **known)
        raise


def _found_after_all(desk: Desk, order: Order, receipt: Receipt) -> None:
    """Closed as not bought at the moment in which it turned out to be bought."""
    with desk.transaction():
        order = desk.store.orders.change(
            order.id, provider_order_id=receipt.provider_order_id or order.provider_order_id
        )
        desk.store.audit.write(
            actor=PURCHASER,
            action="found_after_all",
            order=order,
            before=order.state,
            after=order.state,
            details={"provider_order_id": receipt.provider_order_id, "request_id": receipt.request_id},
        )
        refresh_card(desk, order)
        alarm(desk, order, Event.FOUND_AFTER_ALL)


def record_receipt(desk: Desk, order: Order, receipt: Receipt, *, codes_were_readable: bool) -> Order:
    """Bring the order to the state the receipt proves.

    `codes_were_readable` tells whether this answer was the place to show codes in clear (a read of that one
    order), so that their absence means they are gone; otherwise the order is read once more.
    """
    if not receipt.matches(purchase_of(order)) or order.trouble == _SOLD_OTHERWISE:
        with desk.store.transaction():
            desk.store.codes.set_aside(order.id, receipt.vouchers)
        return _shout_about_foreign_order(desk, order, receipt)
    with desk.store.transaction():
        kept = keep_codes(desk, order, receipt)
    held = desk.store.codes.count(order.id)
    after = _state_after(receipt, held=held, quantity=order.terms.quantity, readable=codes_were_readable)
    if kept.pins_unknown:
        complete = len(receipt.vouchers) >= order.terms.quantity
        after = OrderState.CODES_MISSING if complete else OrderState.PLACED
    now = desk.clock()
    unread = receipt.status in _COMPLETE and not codes_were_readable
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
                whole = order if order.whole_id is None else desk.store.orders.get(order.whole_id)
                tell_requester(desk, whole, Event.PARTLY_DELIVERED)
        return order
    changes["trouble"] = _PINS_UNKNOWN if kept.pins_unknown else _TROUBLE.get(after)
    with desk.transaction():
        if after in REFUNDED_STATES:
            expect_refund(desk, order)
        _compare_charge(desk, order, receipt, changes)
        return advance(
            desk,
            order,
            after,
            actor=PURCHASER,
            action=after.value,
            details={
                "provider_order_id": receipt.provider_order_id,
                "request_id": receipt.request_id,
                "cards_held": held,
                "approvers": sorted(str(a.approver) for a in desk.store.approvals.valid(order)),
            },
            tell=None if after is OrderState.PLACED and unread else Event(after.value),
            **changes,
        )


def _compare_charge(desk: Desk, order: Order, receipt: Receipt, changes: OrderChanges) -> None:
    """What was charged is known once: another sum than quoted right before is told at once."""
    expected = order.expected_debit
    if receipt.charge is None or expected is None or receipt.charge == expected:
        return
    says = f"The vendor charged {receipt.charge}, and {expected} was quoted right before."
    log.error("charged_otherwise", order_id=order.id, client_reference=order.client_reference)
    changes["trouble"] = " ".join(filter(None, (says, changes.get("trouble"))))
    desk.store.audit.write(
        actor=PURCHASER,
        action="charged_otherwise",
        order=order,
        before=order.state,
        after=order.state,
        details={"charged": str(receipt.charge), "expected": str(expected)},
    )
    alarm(desk, order, Event.CHARGED_OTHERWISE)


_COMPLETE = frozenset({ReceiptStatus.DELIVERED, ReceiptStatus.PARTLY_DELIVERED})
_FINAL = frozenset({OrderState.DELIVERED, OrderState.FAILED, OrderState.CANCELLED})


def _state_after(receipt: Receipt, *, held: int, quantity: int, readable: bool) -> OrderState:
    if held >= quantity:
        return OrderState.DELIVERED  # every card is here, whatever the vendor calls it
    match receipt.status:
        case ReceiptStatus.DELIVERED if 0 < len(receipt.vouchers) < quantity:
            return OrderState.PARTLY_DELIVERED  # it says so, and lists fewer cards than were ordered
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
    """Under our reference it may be somebody else's; without one, the answer to our purchase is what we paid.

    Only the second has the number put down: it is where the money went.
    """
    log.error(
        "foreign_order",
        order_id=order.id,
        client_reference=order.client_reference,
        provider_order_id=receipt.provider_order_id,
        request_id=receipt.request_id,
    )
    ours = desk.provider(order.terms.provider).by_reference is None
    trouble = _SOLD_OTHERWISE if ours else FOREIGN_ORDER_TROUBLE
    now = desk.clock()
    found: OrderChanges = {
        "next_at": now + _LOOK_AGAIN_AT_FOREIGN_ORDER,
        "trouble": trouble,
        "alarm_at": order.alarm_at if order.trouble == trouble else now,
    }
    if ours:
        found["provider_order_id"] = receipt.provider_order_id or order.provider_order_id
    with desk.transaction():
        if order.state is not OrderState.PLACING:
            order = desk.store.orders.change(order.id, from_=order.state, **found)
            refresh_card(desk, order)
            return order
        return advance(
            desk,
            order,
            OrderState.CODES_MISSING if ours else OrderState.UNSETTLED,
            actor=PURCHASER,
            action="sold_otherwise" if ours else "foreign_order_found",
            details={"provider_order_id": receipt.provider_order_id, "request_id": receipt.request_id},
            tell=Event.CODES_MISSING if ours else None,
            **found,
        )
