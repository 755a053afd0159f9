"""Every polling worker of the bot: those that all vendors share, and those of each vendor."""

from collections.abc import Iterable
from typing import Any

from bot.services.context import AppContext
from bot.workers.escalation import escalation_worker
from bot.workers.events import event_worker
from bot.workers.follow_ups import follow_up_worker
from bot.workers.orders import order_worker
from bot.workers.outbox import Deliver, outbox_worker
from bot.workers.polling import PollingWorker
from bot.workers.refunds import refund_worker

Worker = PollingWorker[Any, Any]


def shared_workers(ctx: AppContext, deliver: Deliver) -> list[Worker]:
    """`deliver` sends one message of the outbox to Slack."""
    return [outbox_worker(ctx, deliver), escalation_worker(ctx)]


def vendor_workers(ctx: AppContext, vendor: str) -> list[Worker]:
    """Each vendor has its own, so that a slow one does not delay the others."""
    return [
        order_worker(ctx, vendor),
        event_worker(ctx, vendor),
        refund_worker(ctx, vendor),
        follow_up_worker(ctx, vendor),
    ]


def wake(workers: Iterable[Worker]) -> None:
    """Something may be due: every worker looks at once."""
    for worker in workers:
        worker.wake_event.set()
