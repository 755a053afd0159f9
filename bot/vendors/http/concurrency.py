"""Two questions at once."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


async def gather_both(one: Awaitable[A], other: Awaitable[B]) -> tuple[A, B]:
    """Both at once. When one fails, the other is not waited for."""
    tasks = asyncio.ensure_future(one), asyncio.ensure_future(other)
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
