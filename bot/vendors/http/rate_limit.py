"""Keeps our requests below a vendor's quotas, so that it never has to reject one."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from time import monotonic
from typing import Any, ClassVar, Generic, TypeVar

from bot.vendors.contract import NotSent
from bot.vendors.http.identity import VendorIdentity

_LONGEST_HOLD_S = 60.0  # quotas are counted over a rolling minute

QuotaClass = TypeVar("QuotaClass", bound=StrEnum)  # what the vendor counts together


class TokenBucket:
    """Allows a burst at once and the rest evenly: less than `quota` in any minute."""

    def __init__(self, quota: int, now: Callable[[], float] = monotonic) -> None:
        self.burst = max(1.0, quota * 0.25)
        self.per_second = quota * 0.65 / 60
        self._tokens, self._at, self._now = self.burst, now(), now

    def take(self, within_s: float) -> float | None:
        """Take a token. Seconds to wait before using it; None, and none is taken, if over `within_s`."""
        self._fill()
        wait_s = max(0.0, (1 - self._tokens) / self.per_second)
        if wait_s > within_s:
            return None
        self._tokens -= 1
        return wait_s

    def hold(self, for_s: float) -> None:
        """No later request may be sent before `for_s` has passed."""
        self._fill()
        self._tokens = min(self._tokens, 1 - min(for_s, _LONGEST_HOLD_S) * self.per_second)

    def _fill(self) -> None:
        now = self._now()
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.per_second)
        self._at = now


class RateLimiter(Generic[QuotaClass]):
    """One bucket per quota class, shared by all requests of a client. A vendor's subclass has the quotas."""

    vendor: ClassVar[VendorIdentity]
    default_quotas: ClassVar[Mapping[Any, int]]  # requests in a minute

    def __init__(
        self,
        quotas: Mapping[QuotaClass, int] | None = None,
        *,
        now: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._buckets = {
            quota_class: TokenBucket(quota, now)
            for quota_class, quota in (quotas or self.default_quotas).items()
        }
        self._sleep = sleep

    async def acquire(self, quota_class: QuotaClass, within_s: float) -> None:
        """Wait until a request may be sent. Raises NotSent at once if that takes longer than `within_s`."""
        wait_s = self._buckets[quota_class].take(within_s)
        if wait_s is None:
            raise NotSent(
                f"We are asking {self.vendor.title} too much at once; please try again in a minute."
            )
        if wait_s > 0:
            await self._sleep(wait_s)

    def hold(self, quota_class: QuotaClass, for_s: float) -> None:
        """The vendor asked for a pause: all requests keep it."""
        self._buckets[quota_class].hold(for_s)
