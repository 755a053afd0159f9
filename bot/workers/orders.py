"""Takes every order that is due one step further."""

from collections.abc import Awaitable, Callable

import structlog

from bot.domain.orders import Order, OrderId, OrderState
from bot.usecases.advance_order import gather_parts
from bot.usecases.desk import Desk
from bot.usecases.expire_request import expire_request
from bot.usecases.place_order import place_order
from bot.usecases.receive_event import heed_news
from bot.usecases.settle_order import adopt_orphan, follow_order, settle_order
from bot.workers.clock_watch import ClockWatch
from bot.workers.due import DueWorker
from store import StaleState

log = structlog.get_logger(__name__)

NEXT_STEP: dict[OrderState, Callable[[Desk, OrderId], Awaitable[Order]]] = {
    OrderState.WAITING: expire_request,
    OrderState.APPROVED: place_order,
    OrderState.PLACING: adopt_orphan,  # due only when nobody is buying it any more: see below
    OrderState.UNSETTLED: settle_order,
    OrderState.IN_PARTS: gather_parts,
    OrderState.PLACED: follow_order,
    OrderState.PARTLY_DELIVERED: follow_order,
    OrderState.CODES_MISSING: follow_order,
}


def order_worker(desk: Desk, vendor: str) -> DueWorker[Order, OrderId]:
    """For the orders of one vendor, so that a slow one holds up nobody else's."""
    watch = ClockWatch(desk)

    def due() -> list[Order]:
        return desk.store.orders.due(list(NEXT_STEP), watch.now(), limit=20, provider=vendor)

    async def work(order: Order) -> None:
        began = desk.clock()
        try:
            await NEXT_STEP[order.state](desk, order.id)
        except StaleState as moved:
            # People closed or decided it while the vendor was being asked: theirs is the last word.
            log.info("order_moved_meanwhile", order_id=order.id, why=str(moved))
        heed_news(desk, order.id, since=began)

    # One piece of work per order at a time: what is being bought is not taken for an orphan.
    return DueWorker(f"{vendor} orders", due=due, work=work, key=lambda order: order.id)
