"""The requester, and nobody else, is shown the codes; each time is on record."""

from datetime import timedelta

from bot.domain.orders import Order, OrderId, OrderState
from bot.domain.people import Component, Person
from bot.domain.policy import NotPermitted, Reason
from bot.domain.vouchers import Voucher
from bot.usecases.desk import Desk
from bot.usecases.notices import Kind
from bot.usecases.rejections import NoCodes, NotFound
from store import NoSuchOrder
from store.columns import JSON

MESSENGER = Component("messenger")
_SHOW_WITHIN = timedelta(minutes=1)  # later the person has gone, and an ephemeral message would reach nobody


def ask_for_codes(desk: Desk, person: Person, order_id: OrderId | None, client_reference: str = "") -> Order:
    """Have the codes shown in the requester's DM. The outbox row that asks for it holds none.

    Raises NotPermitted, NotFound, NoCodes.
    """
    order = _order(desk, order_id, client_reference)
    with desk.refusals_audited(person, "show codes", order):
        desk.policy.check_request(person)
        if not person.goes_by(order.requester):
            raise NotPermitted(
                Reason.NOT_THE_REQUESTER,
                "Codes are shown only to the person who asked for the cards, whatever your role.",
            )
    if desk.store.codes.count(order.id) == 0:
        raise NoCodes(_why_none(order))
    with desk.transaction():
        desk.store.audit.write(
            actor=person.id, action="codes_requested", order=order, before=order.state, after=order.state
        )
        desk.store.outbox.put(
            kind=Kind.CODES, person=order.requester, order_id=order.id, expires_at=desk.clock() + _SHOW_WITHIN
        )
    return order


def codes_to_show(desk: Desk, order_id: OrderId) -> tuple[Order, list[Voucher]]:
    """The order and its codes in clear, for the one message that may carry them."""
    return desk.store.orders.get(order_id), desk.store.codes.of_order(order_id)


def record_reveal(desk: Desk, order: Order, *, shown: bool, why: str = "") -> None:
    """Audit that the codes went out to the requester, or that they could not. Inside a transaction."""
    details: dict[str, JSON] = {"to": str(order.requester), "cards": desk.store.codes.count(order.id)}
    if why:
        details["why"] = why
    desk.store.audit.write(
        actor=MESSENGER,
        action="codes_shown" if shown else "codes_not_shown",
        order=order,
        before=order.state,
        after=order.state,
        details=details,
    )


def _order(desk: Desk, order_id: OrderId | None, client_reference: str) -> Order:
    if order_id is not None:
        try:
            return desk.store.orders.get(order_id)
        except NoSuchOrder as unknown:
            raise NotFound("This order is not in our records.") from unknown
    order = desk.store.orders.by_reference(client_reference.strip())
    if order is None:
        raise NotFound(f"There is no order “{client_reference.strip()[:40]}”. `/giftcard mine` lists yours.")
    return order


def _why_none(order: Order) -> str:
    reference = order.client_reference
    if order.state is OrderState.WAITING:
        return f"{reference} still waits for approval, so there are no codes yet."
    if order.state is OrderState.CODES_MISSING:
        return f"{reference} is paid, but the vendor shows us no readable codes. The approvers channel knows."
    if order.state is OrderState.RESOLVED:
        return f"{reference} was closed by two approvers. `/giftcard status {reference}` shows their note."
    if order.state in (OrderState.APPROVED, OrderState.PLACING, OrderState.UNSETTLED, OrderState.PLACED):
        return f"{reference} is being bought. You get a message here the moment its codes arrive."
    return f"{reference} was not bought, so there are no codes."
