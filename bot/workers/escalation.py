"""Alerts people about orders that are in one state for too long."""

from bot.domain.orders import Order, OrderId
from bot.services.context import AppContext
from bot.services.escalate_order import escalate_order
from bot.workers.polling import PollingWorker
from bot.workers.queue import Queue


def escalation_worker(ctx: AppContext) -> PollingWorker[Order, OrderId]:
    # Not claimed: one transaction does all of it, and a second one finds that it is done.
    queue = Queue[Order](
        due=lambda tx, now: tx.orders.escalations_due(now, limit=1),
        claim=lambda tx, lease: tx.orders.escalations_due(lease.now, lease.limit),
    )

    async def work(order: Order) -> None:
        await escalate_order(ctx, order.id)

    return PollingWorker("escalations", ctx, queue, work=work, key=lambda order: order.id)
