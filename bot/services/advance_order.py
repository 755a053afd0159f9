"""The one way an order moves on: its state, its card and its requester's message in one transaction.

A part of an order takes the whole along.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Unpack

from bot.domain.lifecycle import OrderState
from bot.domain.notifications import NotificationEvent
from bot.domain.orders import TERMINAL_STATES, Order, OrderId
from bot.domain.people import Actor, Component
from bot.services.context import AppContext
from bot.services.notifications import refresh_card, tell_requester
from store import JSON, OrderChanges

CHILD_ROLLUP = Component("child_rollup")
CHECK_CHILDREN_EVERY = timedelta(minutes=10)  # they bring it along themselves; this is for what was missed
NOT_PURCHASED = frozenset(
    {
        OrderState.REFUSED,
        OrderState.DECLINED,
        OrderState.WITHDRAWN,
        OrderState.EXPIRED,
        OrderState.NOT_BOUGHT,
    }
)
_WITH_CODES = frozenset({OrderState.DELIVERED, OrderState.PARTIALLY_DELIVERED})


def advance(
    ctx: AppContext,
    order: Order,
    to: OrderState,
    *,
    actor: Actor,
    action: str,
    details: Mapping[str, JSON] | None = None,
    tell: NotificationEvent | None = None,
    **changes: Unpack[OrderChanges],
) -> Order:
    """Move the order from where the caller saw it. Inside `ctx.transaction()`.

    Raises StaleState when it is no longer there, ForbiddenMove.
    """
    order = ctx.store.orders.move(
        order.id, to, from_=order.state, actor=actor, action=action, details=details, **changes
    )
    refresh_card(ctx, order)
    if tell is not None:
        tell_requester(ctx, order, tell)
    if order.parent_id is not None:
        _roll_up_parent(ctx, order.parent_id, codes_arrived=to in _WITH_CODES)
    return order


async def roll_up_children(ctx: AppContext, order_id: OrderId) -> Order:
    """Bring an order that is bought in parts to where its parts are."""
    with ctx.transaction():
        return _roll_up_parent(ctx, order_id, codes_arrived=False)


def _roll_up_parent(ctx: AppContext, parent_id: OrderId, *, codes_arrived: bool) -> Order:
    """Ended when every part has; until then its requester hears of each part that brought codes."""
    parent, children = ctx.store.orders.get(parent_id), ctx.store.orders.children_of(parent_id)
    if parent.state is not OrderState.SPLIT:
        return parent
    if any(child.state not in TERMINAL_STATES for child in children):
        if codes_arrived:
            tell_requester(ctx, parent, NotificationEvent.PARTIALLY_DELIVERED)
        return ctx.store.orders.change(parent.id, next_at=ctx.clock() + CHECK_CHILDREN_EVERY)
    held = ctx.store.codes.count(parent.id)
    end = _end(children, held)
    return advance(
        ctx,
        parent,
        end,
        actor=CHILD_ROLLUP,
        action=end.value,
        details={
            "cards_held": held,
            "children": {child.client_reference: child.state.value for child in children},
        },
        tell=NotificationEvent(end.value),
        next_at=None,
        problem=_children_problem(children) if end is not OrderState.DELIVERED else None,
    )


def _end(children: list[Order], held: int) -> OrderState:
    if all(child.state is OrderState.DELIVERED for child in children):
        return OrderState.DELIVERED
    nothing_bought = not held and all(child.state in NOT_PURCHASED for child in children)
    return OrderState.REFUSED if nothing_bought else OrderState.PARTIALLY_FULFILLED


def _children_problem(children: list[Order]) -> str:
    said = [
        f"{child.client_reference} ({child.terms.quantity} cards) is {child.state.value.replace('_', ' ')}"
        f"{f': {child.problem}' if child.problem else '.'}"
        for child in children
        if child.state is not OrderState.DELIVERED
    ]
    return " ".join(said)
