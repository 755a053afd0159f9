"""What must not be lost waits in memory for a disk that does not take it: full, locked or read-only."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from store import StorageFailed

log = structlog.get_logger(__name__)
_TRY_AGAIN_AFTER_S = 1.0
T = TypeVar("T")


async def persist_with_retry(write: Callable[[], Awaitable[T]], **known: object) -> T:
    """`write()`, one local transaction or several, until it works. `known` is what the log says it is about.

    When cancelled meanwhile it tries once more, and raises StorageFailed if that fails too.
    """
    while True:
        try:
            return await write()
        except StorageFailed as error:
            log.critical(
                "only_in_memory",
                why=str(error),
                do="Make the disk writable before stopping the bot: what was paid for is not on it yet.",
                **known,
            )
        try:
            await asyncio.sleep(_TRY_AGAIN_AFTER_S)
        except asyncio.CancelledError:
            await write()
            raise
