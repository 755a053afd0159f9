"""Looks for refunds when they are due to be looked for."""

from bot.domain.orders import OrderId
from bot.usecases.desk import Desk
from bot.usecases.track_refund import track_refund
from bot.workers.due import DueWorker
from store import Watch


def refund_worker(desk: Desk, vendor: str) -> DueWorker[Watch, OrderId]:
    def due() -> list[Watch]:
        return desk.store.refunds.due(desk.clock(), limit=20, provider=vendor)

    async def work(watch: Watch) -> None:
        await track_refund(desk, watch.order_id)

    return DueWorker(f"{vendor} refunds", due=due, work=work, key=lambda watch: watch.order_id, parallel=2)
