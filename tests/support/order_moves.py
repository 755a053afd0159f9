"""Orders put on disk and moved along without the services: what the store's own tests start from."""

from collections.abc import Iterable, Mapping
from typing import Unpack

from bot.domain.audit_actions import AuditAction
from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order, OrderId
from bot.domain.people import Actor
from bot.domain.problems import JSON
from store import NewOrder, OrderChanges, Transaction, request_details


def add_order(
    tx: Transaction,
    draft: NewOrder,
    *,
    request_key: str,
    actor: Actor,
    state: OrderState = OrderState.PENDING_APPROVAL,
) -> Order:
    """A request with its audit row. Raises AlreadyRequested."""
    order = tx.orders.insert(draft, state, request_key=request_key)
    tx.audit.write(
        actor=actor,
        action=AuditAction.REQUESTED,
        order=order,
        after=order.state,
        details=request_details(order),
    )
    return order


def move_order(
    tx: Transaction,
    order_id: OrderId,
    to: OrderState,
    *,
    actor: Actor,
    action: AuditAction = AuditAction.VIEWED,  # for tests to which it does not matter
    details: Mapping[str, JSON] | None = None,
    **changes: Unpack[OrderChanges],
) -> Order:
    """The order in another state, with its audit row."""
    before = tx.orders.get(order_id)
    order = tx.orders.update(before, to, **changes)
    tx.audit.write(
        actor=actor, action=action, order=order, before=before.state, after=order.state, details=details
    )
    return order


def change_order(tx: Transaction, order_id: OrderId, **changes: Unpack[OrderChanges]) -> Order:
    """The order in the state it is in, with these changes."""
    order = tx.orders.get(order_id)
    return tx.orders.update(order, order.state, **changes)


def move_order_along(
    tx: Transaction,
    order: Order,
    states: Iterable[OrderState],
    *,
    actor: Actor,
    **changes: Unpack[OrderChanges],
) -> Order:
    """The order in the last of these states, having been in the others."""
    for state in states:
        order = move_order(tx, order.id, state, actor=actor, **changes)
    return order
