"""Alerts people about orders that are in one state for too long."""

from bot.domain.orders import Order, OrderId
from bot.services.context import AppContext
from bot.services.escalate_order import escalate_order
from bot.workers.polling import PollingWorker


def escalation_worker(ctx: AppContext) -> PollingWorker[Order, OrderId]:
    def due() -> list[Order]:
        return ctx.store.orders.escalations_due(ctx.clock(), limit=20)

    async def work(order: Order) -> None:
        await escalate_order(ctx, order.id)

    return PollingWorker("escalations", due=due, work=work, key=lambda order: order.id)
