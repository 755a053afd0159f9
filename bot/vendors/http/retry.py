"""Reads are retried with growing pauses, until one succeeds or the time is up. Purchases never come here."""

import asyncio
from collections.abc import Awaitable, Callable

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_before_delay
from tenacity.wait import wait_random_exponential

from bot.vendors.contract import NotSent
from bot.vendors.http.responses import Response, TransientFailure

# At random, so that many callers do not come back together.
_pause_s = wait_random_exponential(multiplier=0.2, min=0.1, max=10)


async def with_retries(ask: Callable[[float], Awaitable[Response]], within_s: float) -> Response:
    """The first response. `ask` is told its deadline, in the loop's time, and keeps to it.

    Raises Refused, NotSent or OutcomeUnknown: the last one, when another pause would pass the deadline.
    """
    until = asyncio.get_running_loop().time() + within_s
    async for attempt in AsyncRetrying(
        retry=retry_if_exception_type((NotSent, TransientFailure)),
        wait=_wait_s,
        stop=stop_before_delay(within_s),
        reraise=True,
    ):
        with attempt:
            return await ask(until)
    raise AssertionError("the last error is raised again")


def remaining_s(until: float) -> float:
    """Seconds left until then, never negative."""
    return max(0.0, until - asyncio.get_running_loop().time())


def _wait_s(attempt: RetryCallState) -> float:
    error = attempt.outcome and attempt.outcome.exception()
    retry_after_s = error.retry_after_s if isinstance(error, NotSent | TransientFailure) else None
    return max(_pause_s(attempt), retry_after_s or 0)
