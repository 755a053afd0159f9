"""Breaks the silence about orders that are where they are for too long."""

from bot.domain.orders import Order, OrderId
from bot.usecases.desk import Desk
from bot.usecases.raise_alarm import raise_alarm
from bot.workers.due import DueWorker


def alarm_worker(desk: Desk) -> DueWorker[Order, OrderId]:
    def due() -> list[Order]:
        return desk.store.orders.overdue(desk.clock(), limit=20)

    async def work(order: Order) -> None:
        await raise_alarm(desk, order.id)

    return DueWorker("alarms", due=due, work=work, key=lambda order: order.id)
