"""Waiting for a condition: the only place in which tests sleep."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, overload

T = TypeVar("T")

_LOOK_EVERY_S = 0.02
_TURNS = 50


@overload
async def until(
    condition: Callable[[], Awaitable[T | None]], *, within_s: float = ..., every_s: float = ...
) -> T: ...
@overload
async def until(condition: Callable[[], T | None], *, within_s: float = ..., every_s: float = ...) -> T: ...
async def until(
    condition: Callable[[], Awaitable[T | None] | T | None],
    *,
    within_s: float = 20,
    every_s: float = _LOOK_EVERY_S,
) -> T:
    """What `condition` gives, as soon as that is true. Other tasks run meanwhile."""
    async with asyncio.timeout(within_s):
        while True:
            came = condition()
            found: T | None = await came if inspect.isawaitable(came) else came
            if found:
                return found
            await asyncio.sleep(every_s)


async def let_others_run() -> None:
    """Whoever shares this event loop has had its turn, many times over: what had come is taken in."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)


def wait_until(condition: Callable[[], T], what: str = "", *, within_s: float = 20) -> T:
    """The same where no event loop runs. `what` says what never happened."""
    deadline = time.monotonic() + within_s
    while not (found := condition()):
        assert time.monotonic() < deadline, f"never: {what or condition}"
        time.sleep(_LOOK_EVERY_S)
    return found
