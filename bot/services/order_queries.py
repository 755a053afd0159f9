"""What has become of orders: one's own, those that wait, any one by its reference."""

from dataclasses import dataclass

from bot.domain.audit_actions import AuditAction
from bot.domain.lifecycle import AWAITING_DECISION
from bot.domain.orders import Approval, Order, OrderId
from bot.domain.people import Person, PersonId
from bot.domain.policy import Stage
from bot.domain.wallet_transactions import Refund
from bot.services.authorize import check_policy
from bot.services.context import AppContext
from bot.services.errors import NotFound
from bot.services.record_refusal import record_refusal
from bot.services.reveal_codes import how_many_codes
from store import RefundWatchOutcome, Transaction


@dataclass(frozen=True, slots=True)
class OrderDetails:
    """An order with what people need to judge it."""

    order: Order
    approvals: tuple[Approval, ...]  # those that count for its present terms, declines included
    approvals_needed: int
    codes_held: int
    refunds: tuple[Refund, ...] = ()  # oldest first
    refund_missing: bool = False  # a day has passed without it, or without all of it
    vendor: str = ""  # as people call it
    children: tuple[Order, ...] = ()  # what it is bought as, where that is several orders
    follow_up: str | None = None  # what became of it after its delivery, in its kind's own word


async def order_details(ctx: AppContext, order: Order) -> OrderDetails:
    return await ctx.read(lambda tx: _details(ctx, tx, order))


def _details(ctx: AppContext, tx: Transaction, order: Order) -> OrderDetails:
    watch, follow_up = tx.refunds.get_watch(order.id), tx.follow_ups.of_order(order.id)
    return OrderDetails(
        order=order,
        approvals=tuple(a for a in tx.approvals.of_order(order.id) if a.digest == order.digest),
        approvals_needed=ctx.policy.approvers.needed,
        codes_held=how_many_codes(tx, order),
        refunds=tuple(tx.refunds.of_order(order.id)),
        refund_missing=watch is not None and watch.end is RefundWatchOutcome.MISSING,
        vendor=ctx.vendor_title(order.terms.vendor),
        children=tuple(tx.orders.children_of(order.id)),
        follow_up=follow_up.status if follow_up is not None else None,
    )


async def order_details_by_id(ctx: AppContext, order_id: OrderId) -> OrderDetails:
    """For our own messages. People come in by reference."""
    return await order_details(ctx, await ctx.order(order_id))


async def order_by_reference(ctx: AppContext, person: Person, client_reference: str) -> OrderDetails:
    """The order, if this person may see it; a look at somebody else's is on record.

    Raises NotPermitted, NotFound.
    """
    check_policy(ctx, Stage.VIEW, person)
    order = await ctx.read(lambda tx: tx.orders.by_reference(client_reference.strip()))
    if order is None or not (person.is_same_person(order.requester) or ctx.policy.can_view_all(person)):
        nothing = NotFound(
            f"There is no order “{client_reference.strip()[:40]}” that you can see. "
            "`/giftcard mine` lists yours."
        )
        await record_refusal(ctx, person.id, "status", nothing, order)
        raise nothing
    if not person.is_same_person(order.requester):
        await ctx.write(lambda tx: tx.audit.write(actor=person.id, action=AuditAction.VIEWED, order=order))
    return await order_details(ctx, order)


async def orders_of(ctx: AppContext, person: Person, *, limit: int = 10) -> list[Order]:
    """This person's own orders, newest first. Raises NotPermitted."""
    check_policy(ctx, Stage.VIEW, person)
    ids = [PersonId(person.id.team_id, user_id) for user_id in person.user_ids]
    own = await ctx.read(
        lambda tx: [order for each in ids for order in tx.orders.of_requester(each, limit=limit)]
    )
    return sorted(own, key=lambda order: order.id, reverse=True)[:limit]


async def pending_orders(ctx: AppContext, person: Person, *, limit: int = 20) -> list[Order]:
    """Orders waiting for a decision, oldest first: all for those who see all, else one's own."""
    check_policy(ctx, Stage.VIEW, person)
    waiting = await ctx.read(lambda tx: tx.orders.in_states(AWAITING_DECISION, limit=200))
    if not ctx.policy.can_view_all(person):
        waiting = [order for order in waiting if person.is_same_person(order.requester)]
    return waiting[:limit]
