"""The loop that workers share: claim in the database what is due, a few at a time, and work on it."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import structlog

from bot.services.context import AppContext
from bot.workers.queue import Item, Lease, Queue
from bot.workers.wake_event import WakeEvent
from store import StorageFailed

log = structlog.get_logger(__name__)
REST_AFTER_A_FAILURE_S = 5.0
LEASE_FOR = timedelta(minutes=1)

Key = TypeVar("Key", bound=Hashable)


@dataclass(slots=True)
class _Running(Generic[Item]):
    item: Item
    task: asyncio.Task[None]
    claimed_at: datetime

    def is_aging(self, now: datetime) -> bool:
        """Also when the clock went back: then nobody knows how old the claim is."""
        return not timedelta() <= now - self.claimed_at < LEASE_FOR / 2


async def _nothing() -> None:
    return


class PollingWorker(Generic[Item, Key]):
    """`work(item)` does one piece; `key(item)` says which pieces exclude each other.

    What is not done stays due. A claim is renewed while its piece is worked on, so that nobody else takes it
    over; `before_each_round` is for what has to be looked at first.
    """

    def __init__(
        self,
        name: str,
        ctx: AppContext,
        queue: Queue[Item],
        *,
        work: Callable[[Item], Awaitable[object]],
        key: Callable[[Item], Key],
        parallel: int = 4,
        before_each_round: Callable[[], Awaitable[None]] = _nothing,
    ) -> None:
        self.wake_event = WakeEvent()
        self._name, self._ctx, self._queue = name, ctx, queue
        self._work, self._key, self._parallel = work, key, parallel
        self._before_each_round = before_each_round
        self._owner = f"{name} of process {os.getpid()} on {socket.gethostname()}"
        self._running: dict[Key, _Running[Item]] = {}

    async def run(self) -> None:
        """Until cancelled. Cancelling waits for nothing: call `stop` to let running pieces finish."""
        while True:
            try:
                await self._before_each_round()
                now = self._ctx.clock()
                # Renewed at the same time first, or this worker could take its own work from itself.
                await self._renew_claims(now)
                await self._start_what_is_due(now)
            except StorageFailed as error:  # nothing was claimed; a traceback would say no more
                log.error("cannot_write", worker=self._name, why=str(error))
                await asyncio.sleep(REST_AFTER_A_FAILURE_S)
            # A worker loop outlives any fault in one round; the operator sees it in the log.
            except Exception:
                log.exception("worker_round_failed", worker=self._name)
                await asyncio.sleep(REST_AFTER_A_FAILURE_S)
            await self.wake_event.wait()

    async def stop(self, grace_s: float) -> None:
        """Let running pieces finish for `grace_s` seconds, then cancel them and wait until they parked."""
        tasks = [running.task for running in self._running.values()]
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=grace_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _start_what_is_due(self, now: datetime) -> None:
        free = self._parallel - len(self._running)
        # Looked at first, because a claim needs the write lock, and somebody else may hold it for long.
        if free < 1 or not await self._ctx.read(lambda tx: self._queue.due(tx, now)):
            return
        lease = Lease(self._owner, now, LEASE_FOR, free)
        # Not `ctx.write`, which would wake every worker, this one too.
        for item in await self._ctx.store.write(lambda tx: self._queue.claim(tx, lease)):
            key = self._key(item)
            if key in self._running:  # an earlier claim of it was lost, and its piece has not noticed yet
                await self._release(item)
                continue
            task = asyncio.create_task(self._run_item(key, item), name=f"{self._name}:{key}")
            self._running[key] = _Running(item, task, now)

    async def _renew_claims(self, now: datetime) -> None:
        aging = [each for each in self._running.values() if each.is_aging(now)]
        claims = self._queue.claims
        if claims is None or not aging:
            return
        held = await self._ctx.store.write(
            lambda tx: [claims(tx).renew(each.item, now + LEASE_FOR) for each in aging]
        )
        for each, is_held in zip(aging, held, strict=True):
            each.claimed_at = now
            if not is_held:
                log.warning("claim_lost", worker=self._name, item=str(self._key(each.item)))

    async def _run_item(self, key: Key, item: Item) -> None:
        try:
            await self._work(item)
        except StorageFailed as error:  # undone as a whole; a traceback would say no more
            log.error("cannot_write", worker=self._name, item=str(key), why=str(error))
            await asyncio.sleep(REST_AFTER_A_FAILURE_S)
        except Exception:  # one piece must not stop the others; it stays due and is tried again
            log.exception("work_failed", worker=self._name, item=str(key))
            await asyncio.sleep(REST_AFTER_A_FAILURE_S)
        finally:
            self._running.pop(key, None)
            await self._release(item)
            self.wake_event.set()

    async def _release(self, item: Item) -> None:
        claims = self._queue.claims
        if claims is not None:
            with suppress(StorageFailed):  # then it runs out by itself
                await self._ctx.store.write(lambda tx: claims(tx).release(item))
