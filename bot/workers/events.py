"""Handles stored vendor events in the order of their arrival."""

from bot.domain.events import VendorEvent
from bot.services.context import AppContext
from bot.services.vendor_events import handle_event
from bot.workers.polling import PollingWorker


def event_worker(ctx: AppContext, vendor: str) -> PollingWorker[VendorEvent, str]:
    def due() -> list[VendorEvent]:
        return ctx.store.events.unhandled(vendor, limit=20)

    async def work(event: VendorEvent) -> None:
        await handle_event(ctx, event)

    return PollingWorker(f"{vendor} events", due=due, work=work, key=lambda event: event.vendor)
