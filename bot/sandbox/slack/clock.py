"""The stand-in's clock. Tests move it forward instead of waiting, which ends waits on it at once."""

import asyncio
import time
from typing import Any, TypeVar

T = TypeVar("T")


class Clock:
    def __init__(self) -> None:
        self.shift_s = 0.0
        self._moved = asyncio.Event()
        self._last_micros = 0
        self._ended = False

    def now(self) -> float:
        """Seconds since the epoch, as Slack sees them."""
        return time.time() + self.shift_s

    def move(self, seconds: float) -> None:
        self.shift_s += seconds
        self._moved.set()
        self._moved = asyncio.Event()

    def end(self) -> None:
        """The server stops: ends all waiting."""
        self._ended = True
        self.move(0)

    def ts(self) -> str:
        """A message timestamp: unique, and later than every one before it."""
        self._last_micros = max(int(self.now() * 1_000_000), self._last_micros + 1)
        return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    def remember(self, ts: str) -> None:
        """Never return this timestamp from `ts`: a message in the state file has it."""
        seconds, _, micros = ts.partition(".")
        self._last_micros = max(self._last_micros, int(seconds) * 1_000_000 + int(micros))

    async def within(self, awaited: "asyncio.Future[T]", seconds: float) -> T:
        """The result, or TimeoutError after `seconds` of this clock.

        The future keeps running, because late responses are recorded.
        """
        deadline = self.now() + seconds
        while not awaited.done():
            left = deadline - self.now()
            if left <= 0 or self._ended:
                raise TimeoutError
            moved = asyncio.ensure_future(self._moved.wait())
            either: set[asyncio.Future[Any]] = {awaited, moved}
            await asyncio.wait(either, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            moved.cancel()
        return awaited.result()

    async def sleep(self, seconds: float) -> None:
        deadline = self.now() + seconds
        while (left := deadline - self.now()) > 0:
            moved = asyncio.ensure_future(self._moved.wait())
            await asyncio.wait({moved}, timeout=left)
            moved.cancel()
