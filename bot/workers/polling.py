"""The loop workers share: what is due comes from the database, a few at a time, each once at once."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import Generic, TypeVar

import structlog

from bot.workers.wake_event import WakeEvent
from store import StorageFailed

log = structlog.get_logger(__name__)
REST_AFTER_A_FAILURE_S = 5.0


Item = TypeVar("Item")
Key = TypeVar("Key", bound=Hashable)


class PollingWorker(Generic[Item, Key]):
    """`due()` is a query; `work(item)` does one piece; `key(item)` says which pieces exclude each other.

    Nothing lives here that a restart would lose: what is not done stays due.
    """

    def __init__(
        self,
        name: str,
        *,
        due: Callable[[], Iterable[Item]],
        work: Callable[[Item], Awaitable[object]],
        key: Callable[[Item], Key],
        parallel: int = 4,
    ) -> None:
        self.wake_event = WakeEvent()
        self.name = name
        self._due = due
        self._work = work
        self._key = key
        self._parallel = parallel
        self._busy: dict[Key, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Until cancelled. Cancelling waits for nothing: call `stop` to let running pieces finish."""
        while True:
            try:
                self._start_what_is_due()
            except (
                Exception
            ):  # a worker loop outlives any fault in one round; the operator sees it in the log
                log.exception("worker_round_failed", worker=self.name)
                await asyncio.sleep(REST_AFTER_A_FAILURE_S)
            await self.wake_event.wait()

    async def stop(self, grace_s: float) -> None:
        """Let running pieces finish for `grace_s` seconds, then cancel them and wait until they parked."""
        running = list(self._busy.values())
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=grace_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _start_what_is_due(self) -> None:
        for item in self._due():
            if len(self._busy) >= self._parallel:
                return
            key = self._key(item)
            if key not in self._busy:
                self._busy[key] = asyncio.create_task(self._run_item(key, item), name=f"{self.name}:{key}")

    async def _run_item(self, key: Key, item: Item) -> None:
        try:
            await self._work(item)
        except StorageFailed as error:  # undone as a whole; a traceback would say no more
            log.error("cannot_write", worker=self.name, item=str(key), why=str(error))
            await asyncio.sleep(REST_AFTER_A_FAILURE_S)
        except Exception:  # one piece must not stop the others; it stays due and is tried again
            log.exception("work_failed", worker=self.name, item=str(key))
            await asyncio.sleep(REST_AFTER_A_FAILURE_S)
        finally:
            self._busy.pop(key, None)
            self.wake_event.set()
