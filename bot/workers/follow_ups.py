"""Looks again at delivered orders of kinds for which the delivery is not the end."""

from bot.domain.orders import OrderId
from bot.services.context import AppContext
from bot.services.follow_up import follow_up
from bot.workers.polling import PollingWorker
from bot.workers.queue import Queue
from store import FollowUp


def follow_up_worker(ctx: AppContext, vendor: str) -> PollingWorker[FollowUp, OrderId]:
    queue = Queue[FollowUp](
        due=lambda tx, now: tx.follow_ups.due(now, limit=1, vendor=vendor),
        claim=lambda tx, lease: tx.follow_ups.claim(*lease, vendor=vendor),
        claims=lambda tx: tx.follow_ups,
    )

    async def work(due: FollowUp) -> None:
        await follow_up(ctx, due.order_id, fence=due.fence)

    return PollingWorker(
        f"{vendor} follow-ups", ctx, queue, work=work, key=lambda due: due.order_id, parallel=2
    )
