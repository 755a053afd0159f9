"""The one way an order moves on: its state, its card and its requester's message in one transaction.

A part of an order takes the whole along.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Unpack

from bot.domain.orders import FINAL, Order, OrderId, OrderState
from bot.domain.people import Actor, Component
from bot.usecases.desk import Desk
from bot.usecases.notices import Event, refresh_card, tell_requester
from store import JSON, OrderChanges

GATHERER = Component("gatherer")
LOOK_AT_PARTS_EVERY = timedelta(minutes=10)  # they bring it along themselves; this is for what was missed
UNBOUGHT = frozenset(
    {
        OrderState.REFUSED,
        OrderState.DECLINED,
        OrderState.WITHDRAWN,
        OrderState.EXPIRED,
        OrderState.NOT_BOUGHT,
    }
)
_WITH_CODES = frozenset({OrderState.DELIVERED, OrderState.PARTLY_DELIVERED})


def advance(
    desk: Desk,
    order: Order,
    to: OrderState,
    *,
    actor: Actor,
    action: str,
    details: Mapping[str, JSON] | None = None,
    tell: Event | None = None,
    **changes: Unpack[OrderChanges],
) -> Order:
    """Move the order from where the caller saw it. Inside `desk.transaction()`.

    Raises StaleState when it is no longer there, ForbiddenMove.
    """
    order = desk.store.orders.move(
        order.id, to, from_=order.state, actor=actor, action=action, details=details, **changes
    )
    refresh_card(desk, order)
    if tell is not None:
        tell_requester(desk, order, tell)
    if order.whole_id is not None:
        _take_whole_along(desk, order.whole_id, brought_codes=to in _WITH_CODES)
    return order


async def gather_parts(desk: Desk, order_id: OrderId) -> Order:
    """Bring an order that is bought in parts to where its parts are."""
    with desk.transaction():
        return _take_whole_along(desk, order_id, brought_codes=False)


def _take_whole_along(desk: Desk, whole_id: OrderId, *, brought_codes: bool) -> Order:
    """Ended when every part has; until then its requester hears of each part that brought codes."""
    whole, parts = desk.store.orders.get(whole_id), desk.store.orders.parts_of(whole_id)
    if whole.state is not OrderState.IN_PARTS:
        return whole
    if any(part.state not in FINAL for part in parts):
        if brought_codes:
            tell_requester(desk, whole, Event.PARTLY_DELIVERED)
        return desk.store.orders.change(whole.id, next_at=desk.clock() + LOOK_AT_PARTS_EVERY)
    held = desk.store.codes.count(whole.id)
    end = _end(parts, held)
    return advance(
        desk,
        whole,
        end,
        actor=GATHERER,
        action=end.value,
        details={"cards_held": held, "parts": {part.client_reference: part.state.value for part in parts}},
        tell=Event(end.value),
        next_at=None,
        trouble=_trouble(parts) if end is not OrderState.DELIVERED else None,
    )


def _end(parts: list[Order], held: int) -> OrderState:
    if all(part.state is OrderState.DELIVERED for part in parts):
        return OrderState.DELIVERED
    nothing_bought = not held and all(part.state in UNBOUGHT for part in parts)
    return OrderState.REFUSED if nothing_bought else OrderState.DELIVERED_SHORT


def _trouble(parts: list[Order]) -> str:
    said = [
        f"{part.client_reference} ({part.terms.quantity} cards) is {part.state.value.replace('_', ' ')}"
        f"{f': {part.trouble}' if part.trouble else '.'}"
        for part in parts
        if part.state is not OrderState.DELIVERED
    ]
    return " ".join(said)
