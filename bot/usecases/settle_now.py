"""An operator wants to know now what became of a purchase."""

import asyncio
from datetime import datetime

from bot.domain.orders import FINAL, Order, OrderState
from bot.usecases.desk import Desk
from bot.usecases.rejections import NotFound, TooLate
from bot.usecases.settle_order import adopt_orphan, follow_order, look_up_once

_FOLLOWED = frozenset({OrderState.PLACED, OrderState.PARTLY_DELIVERED, OrderState.CODES_MISSING})
_LOOKED_UP = _FOLLOWED | {OrderState.UNSETTLED}
_LONGEST_S = 75.0  # a look-up tries for a minute
_LOOK_EVERY_S = 0.1


async def settle_soon(desk: Desk, client_reference: str) -> Order:
    """Beside running workers: bring its next look-up forward, and wait for it.

    The worker does the work, because it takes care that nobody else works on the same order.
    Raises NotFound, TooLate when there is nothing to look up, and TimeoutError.
    """
    order = _to_look_up(desk, client_reference)
    with desk.transaction():
        desk.store.orders.change(order.id, from_=order.state, next_at=desk.clock())
    async with asyncio.timeout(_LONGEST_S):
        while _is_waiting(order := desk.store.orders.get(order.id), desk.clock()):  # noqa: ASYNC110  # the disk tells
            await asyncio.sleep(_LOOK_EVERY_S)
    return order


async def settle_alone(desk: Desk, client_reference: str) -> Order:
    """Without workers: look it up here, once. Nothing is bought. Raises as above, and ProviderError."""
    order = _to_look_up(desk, client_reference, alone=True)
    if order.state is OrderState.PLACING:
        order = await adopt_orphan(desk, order.id)
    if order.state is OrderState.UNSETTLED:
        order = await look_up_once(desk, order.id)
    if order.state in _FOLLOWED:
        order = await follow_order(desk, order.id)
    return order


def _is_waiting(order: Order, now: datetime) -> bool:
    """True until the worker has written down what it found; it may have to ask or to read once more."""
    if order.state is OrderState.PLACING:
        return True
    return order.state not in FINAL and order.next_at is not None and order.next_at <= now


def _to_look_up(desk: Desk, client_reference: str, *, alone: bool = False) -> Order:
    order = desk.store.orders.by_reference(client_reference)
    if order is None:
        raise NotFound(f"There is no order “{client_reference.strip()[:40]}”. `giftcard orders` lists them.")
    if order.state in _LOOKED_UP or (alone and order.state is OrderState.PLACING):
        return order
    if order.state is OrderState.PLACING:
        raise TooLate(
            f"{order.client_reference} is being bought at this moment. Ask again in a minute.", order
        )
    raise TooLate(
        f"{order.client_reference} is {order.state.value.replace('_', ' ')}: there is nothing to look up.",
        order,
    )
