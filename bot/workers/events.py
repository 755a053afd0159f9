"""Acts on vendor events once they are on disk, in the order in which they came."""

from bot.domain.events import VendorEvent
from bot.usecases.desk import Desk
from bot.usecases.receive_event import handle_event
from bot.workers.due import DueWorker


def event_worker(desk: Desk, vendor: str) -> DueWorker[VendorEvent, str]:
    def due() -> list[VendorEvent]:
        return desk.store.events.unhandled(vendor, limit=20)

    async def work(event: VendorEvent) -> None:
        await handle_event(desk, event)

    return DueWorker(f"{vendor} events", due=due, work=work, key=lambda event: event.provider)
