"""A read is asked again after trouble, with growing pauses, until it is answered or its time is up."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from random import SystemRandom

from bot.vendors.contract import NotSent
from bot.vendors.http.responses import Response, TransientFailure

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 10.0
_random = SystemRandom()


async def with_retries(ask: Callable[[float], Awaitable[Response]], within_s: float) -> Response:
    """Ask until there is an answer. `ask` is told by when, in the loop's time, and keeps to it.

    Raises Refused, NotSent or OutcomeUnknown.
    """
    now = asyncio.get_running_loop().time
    until = now() + within_s
    pauses = _pauses()
    while True:
        try:
            return await ask(until)
        except (NotSent, TransientFailure) as error:
            pause_s = max(next(pauses), error.retry_after_s or 0)
            if now() + pause_s >= until:
                raise
        await asyncio.sleep(pause_s)


def remaining_s(until: float) -> float:
    """Seconds until then: none are left once it has passed."""
    return max(0.0, until - asyncio.get_running_loop().time())


def _pauses() -> Iterator[float]:
    """200 ms, doubling to 10 s, each up to half shorter so that many callers do not return together."""
    pause_s = _FIRST_PAUSE_S
    while True:
        yield pause_s * _random.uniform(0.5, 1)
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
