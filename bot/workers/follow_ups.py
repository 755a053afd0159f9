"""Looks again at delivered orders of kinds for which the delivery is not the end."""

from bot.domain.orders import OrderId
from bot.services.context import AppContext
from bot.services.follow_up import follow_up
from bot.workers.polling import PollingWorker
from store import FollowUp


def follow_up_worker(ctx: AppContext, vendor: str) -> PollingWorker[FollowUp, OrderId]:
    def due() -> list[FollowUp]:
        return ctx.store.follow_ups.due(ctx.clock(), limit=20, vendor=vendor)

    async def work(due: FollowUp) -> None:
        await follow_up(ctx, due.order_id)

    return PollingWorker(f"{vendor} follow-ups", due=due, work=work, key=lambda due: due.order_id, parallel=2)
