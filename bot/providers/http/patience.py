"""A read is asked again after trouble, with growing pauses, until it is answered or its time is up."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from random import SystemRandom

from bot.providers.contract import NotSent
from bot.providers.http.answers import Reply, Unanswered
from bot.providers.http.vendor import Vendor

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 10.0
_random = SystemRandom()


async def answered(vendor: Vendor, ask: Callable[[], Awaitable[Reply]], within_s: float) -> Reply:
    """Ask until there is an answer. Raises Refused, NotSent or OutcomeUnknown."""
    trouble: NotSent | Unanswered = Unanswered(f"{vendor.title} did not answer within {within_s:g} s.")
    try:
        async with asyncio.timeout(within_s) as limit:
            for pause_s in _pauses():
                try:
                    return await ask()
                except (NotSent, Unanswered) as failure:
                    trouble = failure
                pause_s = max(pause_s, trouble.retry_after_s or 0)
                if asyncio.get_running_loop().time() + pause_s >= (limit.when() or 0):
                    break
                await asyncio.sleep(pause_s)
    except TimeoutError:
        raise trouble from None  # it tells more than the time being up
    raise trouble


def _pauses() -> Iterator[float]:
    """200 ms, doubling to 10 s, each up to half shorter so that many callers do not return together."""
    pause_s = _FIRST_PAUSE_S
    while True:
        yield pause_s * _random.uniform(0.5, 1)
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
