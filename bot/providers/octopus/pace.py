"""Keeps us below the vendor's quotas, so that it never has to turn us away."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from time import monotonic

from bot.providers.contract import NotSent

_LONGEST_HOLD_S = 60.0  # the vendor counts over a rolling minute


class Lane(StrEnum):
    """What the vendor counts together."""

    LOGIN = "login"
    REFRESH = "refresh"
    READ = "read"
    ORDER = "order"
    CHARGES = "charges"
    OTHER = "other"


QUOTAS: Mapping[Lane, int] = {  # per minute: production defaults, the strictest there are
    Lane.LOGIN: 10,
    Lane.REFRESH: 20,
    Lane.READ: 300,
    Lane.ORDER: 60,
    Lane.CHARGES: 120,
    Lane.OTHER: 120,  # not documented
}

SANDBOX_QUOTAS: Mapping[Lane, int] = {
    Lane.LOGIN: 30,
    Lane.REFRESH: 30,
    Lane.READ: 600,
    Lane.ORDER: 120,
    Lane.CHARGES: 300,
    Lane.OTHER: 300,  # not documented
}


class Bucket:
    """Lets a burst through at once and the rest evenly: under `quota` in any minute."""

    def __init__(self, quota: int, now: Callable[[], float] = monotonic) -> None:
        self.burst = max(1.0, quota * 0.25)
        self.per_second = quota * 0.65 / 60
        self._tokens, self._at, self._now = self.burst, now(), now

    def take(self, within_s: float) -> float | None:
        """Seconds to wait before going ahead; None, and nothing taken, when that is over `within_s`."""
        self._fill()
        wait_s = max(0.0, (1 - self._tokens) / self.per_second)
        if wait_s > within_s:
            return None
        self._tokens -= 1
        return wait_s

    def hold(self, for_s: float) -> None:
        """Nobody who comes later goes ahead before `for_s` has passed."""
        self._fill()
        self._tokens = min(self._tokens, 1 - min(for_s, _LONGEST_HOLD_S) * self.per_second)

    def _fill(self) -> None:
        now = self._now()
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.per_second)
        self._at = now


class Pace:
    """One bucket for each lane, shared by every call of a client."""

    def __init__(
        self,
        quotas: Mapping[Lane, int] = QUOTAS,
        *,
        now: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._buckets = {lane: Bucket(quota, now) for lane, quota in quotas.items()}
        self._sleep = sleep

    async def turn(self, lane: Lane, within_s: float) -> None:
        """Wait for our turn. Raises NotSent at once when it would not come within `within_s`."""
        wait_s = self._buckets[lane].take(within_s)
        if wait_s is None:
            raise NotSent("We are asking Octopus Cards too much at once; please try again in a minute.")
        if wait_s > 0:
            await self._sleep(wait_s)

    def hold(self, lane: Lane, for_s: float) -> None:
        """The vendor asked for a pause: it counts for everybody."""
        self._buckets[lane].hold(for_s)
