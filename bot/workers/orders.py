"""Runs the next step of every order that is due."""

from collections.abc import Awaitable, Callable

import structlog

from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order, OrderId
from bot.services.advance_order import roll_up_children
from bot.services.context import AppContext
from bot.services.expire_request import expire_request
from bot.services.purchase.recover import follow_order, recover_interrupted_order, recover_order
from bot.services.purchase.submit import submit_order
from bot.services.vendor_events import requeue_after_event
from bot.workers.clock_regression import ClockRegressionGuard
from bot.workers.polling import PollingWorker
from store import StaleState

log = structlog.get_logger(__name__)

NEXT_STEP: dict[OrderState, Callable[[AppContext, OrderId], Awaitable[Order]]] = {
    OrderState.PENDING_APPROVAL: expire_request,
    OrderState.APPROVED: submit_order,
    OrderState.SUBMITTING: recover_interrupted_order,  # due only when nobody is buying it any more: see below
    OrderState.OUTCOME_UNKNOWN: recover_order,
    OrderState.SPLIT: roll_up_children,
    OrderState.PURCHASED: follow_order,
    OrderState.PARTIALLY_DELIVERED: follow_order,
    OrderState.CODES_UNAVAILABLE: follow_order,
}


def order_worker(ctx: AppContext, vendor: str) -> PollingWorker[Order, OrderId]:
    """For the orders of one vendor, so that a slow vendor does not delay the others."""
    watch = ClockRegressionGuard(ctx)

    def due() -> list[Order]:
        return ctx.store.orders.due(list(NEXT_STEP), watch.now(), limit=20, vendor=vendor)

    async def work(order: Order) -> None:
        began = ctx.clock()
        try:
            await NEXT_STEP[order.state](ctx, order.id)
        except StaleState as error:
            # People closed or decided it while the vendor was being asked: theirs is the last word.
            log.info("order_moved_meanwhile", order_id=order.id, why=str(error))
        requeue_after_event(ctx, order.id, since=began)

    # One piece of work per order at a time: what is being bought is not taken for an orphan.
    return PollingWorker(f"{vendor} orders", due=due, work=work, key=lambda order: order.id)
