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
from bot.services.vendor_events import look_again, requeue_after_event
from bot.workers.clock_regression import ClockRegressionGuard
from bot.workers.polling import PollingWorker
from bot.workers.queue import Queue
from store import StaleState

log = structlog.get_logger(__name__)

STEPS: Mapping[Step, Callable[[AppContext, Order], Awaitable[Order]]] = {
    Step.EXPIRE: expire_request,
    Step.PURCHASE: submit_order,
    Step.TAKE_OVER: recover_interrupted_order,  # claimed only when nobody is buying it any more
    Step.RECOVER: recover_order,
    Step.FOLLOW: follow_order,
    Step.COLLECT: collect_children,
}


async def take_next_step(ctx: AppContext, order: Order) -> Order:
    """Do what a worker does with an order in its state. Raises StaleState."""
    step = STATES[order.state].step
    assert step is not None, f"nothing is left to do for {order.client_reference}"
    return await STEPS[step](ctx, order)


def order_worker(ctx: AppContext, vendor: str) -> PollingWorker[Order, OrderId]:
    """For the orders of one vendor, so that a slow vendor does not delay the others."""
    queue = Queue[Order](
        due=lambda tx, now: tx.orders.due(OPEN, now, limit=1, vendor=vendor),
        claim=lambda tx, lease: tx.orders.claim(*lease, states=OPEN, vendor=vendor),
        claims=lambda tx: tx.orders,
    )

    async def work(order: Order) -> None:
        began = ctx.clock()
        try:
            await take_next_step(ctx, order)
        except StaleState as error:
            # While the vendor was being asked, people closed or decided it, or another worker took it over.
            log.info("order_moved_meanwhile", order_id=order.id, why=str(error))
            # What came too late to move it may have brought its codes.
            await look_again(ctx, order.id)
        await requeue_after_event(ctx, order.id, since=began)

    return PollingWorker(
        f"{vendor} orders",
        ctx,
        queue,
        work=work,
        key=lambda order: order.id,
        before_each_round=ClockRegressionGuard(ctx).check,
    )
