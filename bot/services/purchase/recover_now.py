"""An operator wants to know now what became of a purchase."""

import asyncio
from collections.abc import Collection
from datetime import datetime

from bot.domain.lifecycle import FOLLOWED, INTERRUPTED, OPEN, POLLED, Cause, OrderState
from bot.domain.orders import Order
from bot.services.context import AppContext
from bot.services.errors import NotFound, NothingToLookUp, PurchaseInProgress
from bot.services.purchase.apply import commit
from bot.services.purchase.recover import follow_order, look_up_once, recover_interrupted_order

_LONGEST_S = 75.0  # a look-up tries for a minute
_LOOK_EVERY_S = 0.1


async def recover_via_worker(ctx: AppContext, client_reference: str) -> Order:
    """Beside running workers: bring its next look-up forward, and wait for it.

    The worker does the work, because it takes care that nobody else works on the same order.
    Raises NotFound, NothingToLookUp, PurchaseInProgress, and TimeoutError.
    """
    order = await _recoverable_order(ctx, client_reference, POLLED)
    await commit(ctx, order, Cause.NEWS)
    async with asyncio.timeout(_LONGEST_S):
        while _is_pending(order := await ctx.order(order.id), ctx.clock()):  # noqa: ASYNC110  # the disk tells
            await asyncio.sleep(_LOOK_EVERY_S)
    return order


async def recover_directly(ctx: AppContext, client_reference: str) -> Order:
    """Without workers: look it up here, once. Nothing is bought. Raises as above, and VendorError."""
    order = await _recoverable_order(ctx, client_reference, POLLED | INTERRUPTED)
    if order.state in INTERRUPTED:
        order = await recover_interrupted_order(ctx, order)
    if order.state in POLLED - FOLLOWED:
        order = await look_up_once(ctx, order)
    if order.state in FOLLOWED:
        order = await follow_order(ctx, order)
    return order


def _is_pending(order: Order, now: datetime) -> bool:
    """True until the worker has written down what it found; it may have to ask or to read once more."""
    if order.state in INTERRUPTED:
        return True
    return order.state in OPEN and order.next_at is not None and order.next_at <= now


async def _recoverable_order(
    ctx: AppContext, client_reference: str, recoverable: Collection[OrderState]
) -> Order:
    order = await ctx.read(lambda tx: tx.orders.by_reference(client_reference))
    if order is None:
        raise NotFound(f"There is no order “{client_reference.strip()[:40]}”. `giftcard orders` lists them.")
    if order.state in recoverable:
        return order
    raise PurchaseInProgress(order) if order.state in INTERRUPTED else NothingToLookUp(order)
