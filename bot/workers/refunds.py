"""Looks up expected refunds when they are due."""

from bot.domain.orders import OrderId
from bot.services.context import AppContext
from bot.services.track_refund import track_refund
from bot.workers.polling import PollingWorker
from bot.workers.queue import Queue
from store import RefundWatch


def refund_worker(ctx: AppContext, vendor: str) -> PollingWorker[RefundWatch, OrderId]:
    queue = Queue[RefundWatch](
        due=lambda tx, now: tx.refunds.due(now, limit=1, vendor=vendor),
        claim=lambda tx, lease: tx.refunds.claim(*lease, vendor=vendor),
        claims=lambda tx: tx.refunds,
    )

    async def work(watch: RefundWatch) -> None:
        await track_refund(ctx, watch)

    return PollingWorker(
        f"{vendor} refunds", ctx, queue, work=work, key=lambda watch: watch.order_id, parallel=2
    )
