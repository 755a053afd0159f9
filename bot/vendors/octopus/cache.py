"""A reference table that is read from the vendor once a day."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")

_LIFE = timedelta(days=1)  # what the vendor says of its own tables


class CachedTable(Generic[T]):
    """A table by id or code. An empty one is not kept: a slip of the vendor would last a day."""

    def __init__(
        self, read: Callable[[float | None], Awaitable[dict[str, T]]], clock: Callable[[], datetime]
    ) -> None:
        self._read, self._clock = read, clock
        self._table: dict[str, T] = {}
        self._read_at = clock()

    async def get(self, timeout_s: float | None = None) -> dict[str, T]:
        if not self._table or self._clock() - self._read_at >= _LIFE:
            self._table = await self._read(timeout_s)
            self._read_at = self._clock()
        return self._table

    def forget(self) -> None:
        self._table = {}
