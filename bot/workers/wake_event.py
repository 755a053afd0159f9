"""Wakes a worker when there is work, and regularly in any case."""

import asyncio

LOOK_ANYWAY_AFTER_S = 0.5  # the longest delay of work that becomes due by time


class WakeEvent:
    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def set(self) -> None:
        self._rung.set()

    async def wait(self) -> None:
        try:
            async with asyncio.timeout(LOOK_ANYWAY_AFTER_S):
                await self._rung.wait()
        except TimeoutError:
            return
        finally:
            self._rung.clear()
