"""Runs the bot's loops side by side, and stops everything in order."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, Protocol

import structlog

log = structlog.get_logger(__name__)


class Stoppable(Protocol):
    """Has work running that may finish after the loops have ended."""

    async def stop(self, grace_s: float) -> None: ...


async def run_loops(
    loops: Iterable[Coroutine[Any, Any, None]], *, finish: Iterable[Stoppable], within_s: float
) -> None:
    """Until cancelled, or until a loop fails: raises its error.

    The loops end first, so that no new work begins while the running work of `finish` gets time to end.
    """
    tasks = [asyncio.create_task(loop) for loop in loops]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in ended:
            task.result()
    finally:
        log.info("bot_stopping")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(each.stop(within_s) for each in finish))
