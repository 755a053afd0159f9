"""Looks up expected refunds when they are due."""

from bot.domain.orders import OrderId
from bot.services.context import AppContext
from bot.services.track_refund import track_refund
from bot.workers.polling import PollingWorker
from store import RefundWatch


def refund_worker(ctx: AppContext, vendor: str) -> PollingWorker[RefundWatch, OrderId]:
    def due() -> list[RefundWatch]:
        return ctx.store.refunds.due(ctx.clock(), limit=20, vendor=vendor)

    async def work(watch: RefundWatch) -> None:
        await track_refund(ctx, watch.order_id)

    return PollingWorker(
        f"{vendor} refunds", due=due, work=work, key=lambda watch: watch.order_id, parallel=2
    )
