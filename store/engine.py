"""What the store asks of a database. SQL is what SQLite and PostgreSQL have in common, with `?` as marks."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

Parameters = Sequence[Any]


class Result(NamedTuple):
    """What one statement gave: `rows` are read as they are asked for, `changed` counts what was written."""

    columns: Sequence[str]
    rows: Iterator[tuple[Any, ...]]
    changed: int


class Engine(Protocol):
    """One connection. Whatever goes wrong in it is a StorageFailed."""

    skip_locked: str
    """Ends a query for rows to claim: those that another transaction is claiming are passed over."""

    @property
    def in_transaction(self) -> bool: ...

    def execute(self, sql: str, parameters: Parameters = ()) -> Result: ...

    def transaction(self) -> AbstractContextManager[None]:
        """All writes inside, or none, as if nobody else wrote at the same time (serializable).

        On a read-only connection: one moment in time.
        """

    def reader(self) -> "Engine":
        """The same database over a read-only connection of its own, which another thread may use."""

    def close(self) -> None: ...
