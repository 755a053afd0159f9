"""How much we ask CardPlusPay in a minute. It says that limits exist, and not which."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from time import monotonic

from bot.providers.cardpluspay.vendor import CARDPLUSPAY
from bot.providers.http.pace import Turns


class Lane(StrEnum):
    """Kinds of calls that must not wait for each other: reading the catalogue takes minutes."""

    CATALOGUE = "catalogue"
    CHECK = "check"
    READ = "read"
    ORDER = "order"


QUOTAS: Mapping[Lane, int] = {  # ours: all together below five a second, which hurts nobody
    Lane.CATALOGUE: 30,
    Lane.CHECK: 120,
    Lane.READ: 120,
    Lane.ORDER: 20,
}


class Pace(Turns[Lane]):
    """Our turns with CardPlusPay."""

    def __init__(
        self,
        quotas: Mapping[Lane, int] = QUOTAS,
        *,
        now: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(CARDPLUSPAY, quotas, now=now, sleep=sleep)
        self._lanes = tuple(quotas)

    def hold(self, lane: Lane, for_s: float) -> None:  # noqa: ARG002  # it is for every lane
        """What the vendor counts together is not documented: all of our calls pause."""
        for each in self._lanes:
            super().hold(each, for_s)
