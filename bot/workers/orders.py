"""Runs the next step of every order that is due."""

from collections.abc import Awaitable, Callable, Mapping

import structlog

from bot.domain.lifecycle import OPEN, STATES, Step
from bot.domain.orders import Order, OrderId
from bot.services.context import AppContext
from bot.services.expire_request import expire_request
from bot.services.purchase.apply import collect_children
from bot.services.purchase.recover import follow_order, recover_interrupted_order, recover_order
from bot.services.purchase.submit import submit_order
from bot.services.vendor_events import requeue_after_event
from bot.workers.clock_regression import ClockRegressionGuard
from bot.workers.polling import PollingWorker
from store import StaleState

log = structlog.get_logger(__name__)

STEPS: Mapping[Step, Callable[[AppContext, OrderId], Awaitable[Order]]] = {
    Step.EXPIRE: expire_request,
    Step.PURCHASE: submit_order,
    Step.TAKE_OVER: recover_interrupted_order,  # due only when nobody is buying it any more: see below
    Step.RECOVER: recover_order,
    Step.FOLLOW: follow_order,
    Step.COLLECT: collect_children,
}


async def take_next_step(ctx: AppContext, order: Order) -> Order:
    """Do what a worker does with an order in its state. Raises StaleState."""
    step = STATES[order.state].step
    assert step is not None, f"nothing is left to do for {order.client_reference}"
    return await STEPS[step](ctx, order.id)


def order_worker(ctx: AppContext, vendor: str) -> PollingWorker[Order, OrderId]:
    """For the orders of one vendor, so that a slow vendor does not delay the others."""
    watch = ClockRegressionGuard(ctx)

    def due() -> list[Order]:
        return ctx.store.orders.due(OPEN, watch.now(), limit=20, vendor=vendor)

    async def work(order: Order) -> None:
        began = ctx.clock()
        try:
            await take_next_step(ctx, order)
        except StaleState as error:
            # People closed or decided it while the vendor was being asked: theirs is the last word.
            log.info("order_moved_meanwhile", order_id=order.id, why=str(error))
        await requeue_after_event(ctx, order.id, since=began)

    # One piece of work per order at a time: what is being bought is not taken for an orphan.
    return PollingWorker(f"{vendor} orders", due=due, work=work, key=lambda order: order.id)
