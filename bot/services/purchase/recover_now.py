"""An operator wants to know now what became of a purchase."""

import asyncio
from datetime import datetime

from bot.domain.lifecycle import FINAL, FOLLOWED, POLLED, OrderState, Step
from bot.domain.orders import Order
from bot.services.context import AppContext
from bot.services.errors import NotFound, NothingToLookUp, PurchaseInProgress
from bot.services.purchase.recover import follow_order, look_up_once, recover_interrupted_order

_LONGEST_S = 75.0  # a look-up tries for a minute
_LOOK_EVERY_S = 0.1


async def recover_via_worker(ctx: AppContext, client_reference: str) -> Order:
    """Beside running workers: bring its next look-up forward, and wait for it.

    The worker does the work, because it takes care that nobody else works on the same order.
    Raises NotFound, NothingToLookUp, PurchaseInProgress, and TimeoutError.
    """
    order = _recoverable_order(ctx, client_reference)
    with ctx.transaction():
        ctx.store.orders.change(order.id, from_=order.state, next_at=ctx.clock())
    async with asyncio.timeout(_LONGEST_S):
        while _is_pending(order := ctx.store.orders.get(order.id), ctx.clock()):  # noqa: ASYNC110  # the disk tells
            await asyncio.sleep(_LOOK_EVERY_S)
    return order


async def recover_directly(ctx: AppContext, client_reference: str) -> Order:
    """Without workers: look it up here, once. Nothing is bought. Raises NotFound, NothingToLookUp, and VendorError."""
    order = _recoverable_order(ctx, client_reference, alone=True)
    if order.state is OrderState.SUBMITTING:
        order = await recover_interrupted_order(ctx, order.id)
    if order.state is OrderState.OUTCOME_UNKNOWN:
        order = await look_up_once(ctx, order.id)
    if order.state in FOLLOWED:
        order = await follow_order(ctx, order.id)
    return order


def _is_pending(order: Order, now: datetime) -> bool:
    """True until the worker has written down what it found; it may have to ask or to read once more."""
    if order.state is OrderState.SUBMITTING:
        return True
    return order.state not in FINAL and order.next_at is not None and order.next_at <= now


def _recoverable_order(ctx: AppContext, client_reference: str, *, alone: bool = False) -> Order:
    order = ctx.store.orders.by_reference(client_reference)
    if order is None:
        raise NotFound(f"There is no order “{client_reference.strip()[:40]}”. `giftcard orders` lists them.")
    is_being_bought = order.state.info.step is Step.TAKE_OVER
    if order.state in POLLED or (alone and is_being_bought):
        return order
    raise PurchaseInProgress(order) if is_being_bought else NothingToLookUp(order)
