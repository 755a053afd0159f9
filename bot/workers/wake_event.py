"""Wakes a worker at once when there is work, and every so often in any case."""

import asyncio

_LOOK_ANYWAY_AFTER_S = 0.5  # what becomes due by time alone is found this late at most


class WakeEvent:
    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def set(self) -> None:
        self._rung.set()

    async def wait(self) -> None:
        try:
            async with asyncio.timeout(_LOOK_ANYWAY_AFTER_S):
                await self._rung.wait()
        except TimeoutError:
            return
        finally:
            self._rung.clear()
