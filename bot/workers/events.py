"""Handles stored vendor events in the order of their arrival."""

from bot.domain.events import VendorEvent
from bot.services.context import AppContext
from bot.services.vendor_events import handle_event
from bot.workers.polling import PollingWorker
from bot.workers.queue import Queue


def event_worker(ctx: AppContext, vendor: str) -> PollingWorker[VendorEvent, str]:
    queue = Queue[VendorEvent](
        due=lambda tx, now: tx.events.due(vendor, now),
        claim=lambda tx, lease: tx.events.claim(lease.owner, lease.now, lease.lease_for, vendor=vendor),
        claims=lambda tx: tx.events,
    )

    async def work(event: VendorEvent) -> None:
        await handle_event(ctx, event)

    return PollingWorker(f"{vendor} events", ctx, queue, work=work, key=lambda event: event.vendor)
