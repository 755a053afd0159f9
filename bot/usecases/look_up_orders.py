"""What has become of orders: one's own, those that wait, any one by its reference."""

from dataclasses import dataclass

from bot.domain.movements import Refund
from bot.domain.orders import Approval, Order, OrderId, OrderState
from bot.domain.people import Person, PersonId
from bot.usecases.desk import Desk
from bot.usecases.record_refusal import record_refusal
from bot.usecases.rejections import NotFound
from bot.usecases.reveal_codes import how_many_codes
from store import WatchEnd


@dataclass(frozen=True, slots=True)
class OrderFile:
    """An order with what people need to judge it."""

    order: Order
    approvals: tuple[Approval, ...]  # those that count for its present terms, declines included
    approvals_needed: int
    codes_held: int
    refunds: tuple[Refund, ...] = ()  # oldest first
    refund_missing: bool = False  # a day has passed without it, or without all of it
    vendor: str = ""  # as people call it
    parts: tuple[Order, ...] = ()  # what it is bought as, where that is several orders


def order_file(desk: Desk, order: Order) -> OrderFile:
    watch = desk.store.refunds.watch_of(order.id)
    return OrderFile(
        order=order,
        approvals=tuple(a for a in desk.store.approvals.of_order(order.id) if a.digest == order.digest),
        approvals_needed=desk.policy.approvers.needed,
        codes_held=how_many_codes(desk, order),
        refunds=tuple(desk.store.refunds.of_order(order.id)),
        refund_missing=watch is not None and watch.end is WatchEnd.MISSING,
        vendor=desk.vendor_title(order.terms.provider),
        parts=tuple(desk.store.orders.parts_of(order.id)),
    )


def order_file_by_id(desk: Desk, order_id: OrderId) -> OrderFile:
    """For our own messages. People come in by reference."""
    return order_file(desk, desk.store.orders.get(order_id))


def order_by_reference(desk: Desk, person: Person, client_reference: str) -> OrderFile:
    """The order, if this person may see it; a look at somebody else's is on record.

    Raises NotPermitted, NotFound.
    """
    desk.policy.check_involved(person)
    order = desk.store.orders.by_reference(client_reference.strip())
    if order is None or not (person.goes_by(order.requester) or desk.policy.sees_all(person)):
        nothing = NotFound(
            f"There is no order “{client_reference.strip()[:40]}” that you can see. "
            "`/giftcard mine` lists yours."
        )
        record_refusal(desk, person.id, "status", nothing, order)
        raise nothing
    if not person.goes_by(order.requester):
        with desk.transaction():
            desk.store.audit.write(actor=person.id, action="looked_at", order=order)
    return order_file(desk, order)


def orders_of(desk: Desk, person: Person, *, limit: int = 10) -> list[Order]:
    """This person's own orders, newest first. Raises NotPermitted."""
    desk.policy.check_involved(person)
    ids = (PersonId(person.id.team_id, user_id) for user_id in person.user_ids)
    own = [order for each in ids for order in desk.store.orders.of_requester(each, limit=limit)]
    return sorted(own, key=lambda order: order.id, reverse=True)[:limit]


def pending_orders(desk: Desk, person: Person, *, limit: int = 20) -> list[Order]:
    """Orders waiting for a decision, oldest first: all for those who see all, else one's own."""
    desk.policy.check_involved(person)
    waiting = desk.store.orders.in_states([OrderState.WAITING], limit=200)
    if not desk.policy.sees_all(person):
        waiting = [order for order in waiting if person.goes_by(order.requester)]
    return waiting[:limit]
