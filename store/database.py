"""Statements and transactions, on whichever engine. Statements are in the SQL that engines have in common."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from store.columns import Row
from store.engine import Engine, Parameters
from store.errors import NestedTransaction, NoTransaction, StorageFailed

Clock = Callable[[], datetime]


class Database:
    """One connection. Reads any time; writes only inside `transaction()`."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine, self.now = engine, clock

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        return list(self.iter_rows(sql, parameters))

    def row(self, sql: str, parameters: Parameters = ()) -> Row | None:
        return next(iter(self.rows(sql, parameters)), None)

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        """The first column of the first row, or None."""
        row = self.row(sql, parameters)
        return None if row is None else next(iter(row.values()))

    def iter_rows(self, sql: str, parameters: Parameters = ()) -> Iterator[Row]:
        """Rows as they are read, for results that may be long."""
        result = self.engine.execute(sql, parameters)
        for values in result.rows:
            yield dict(zip(result.columns, values, strict=True))

    def iter_tuples(self, sql: str, parameters: Parameters = ()) -> Iterator[tuple[Any, ...]]:
        """Rows without the names of their columns, which take as long as the reading where rows are many."""
        return self.engine.execute(sql, parameters).rows

    def insert(self, table: str, row: Row) -> int:
        """Add one row; its id."""
        added = self.write_rows(f"{_insert(table, row)} RETURNING id", [*row.values()])
        if not added:
            raise StorageFailed(f"a row like this is in {table} already")
        return int(added[0]["id"])

    def insert_all(self, table: str, rows: Iterable[Row]) -> None:
        """Add rows to whose ids nobody refers yet."""
        for row in rows:
            self.write(_insert(table, row), [*row.values()])

    def insert_once(self, table: str, row: Row, *, unless: Sequence[str]) -> Row | None:
        """Add one row, and return it; None where one has the same values in the columns `unless`."""
        sql = f"{_insert(table, row)} ON CONFLICT ({', '.join(unless)}) DO NOTHING RETURNING *"
        return next(iter(self.write_rows(sql, [*row.values()])), None)

    def upsert(self, table: str, row: Row, *, key: Sequence[str]) -> None:
        """Add one row, or write over the one with the same `key`."""
        changed = ", ".join(f"{name} = excluded.{name}" for name in row if name not in key)
        self.write(
            f"{_insert(table, row)} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changed}", [*row.values()]
        )

    def update(self, table: str, row_id: int, row: Row) -> None:
        changed = ", ".join(f"{name} = ?" for name in row)
        self.write(f"UPDATE {table} SET {changed} WHERE id = ?", [*row.values(), row_id])

    def write(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one writing statement; how many rows it changed. Raises NoTransaction outside of one."""
        self._require_transaction()
        return self.engine.execute(sql, parameters).changed

    def write_rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Run one writing statement; the rows it returns. Raises NoTransaction outside of one."""
        self._require_transaction()
        return self.rows(sql, parameters)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing. Raises NestedTransaction inside another one."""
        if self.engine.in_transaction:
            raise NestedTransaction("a transaction is already open")
        with self.engine.transaction():
            yield

    def reader(self) -> "Database":
        """The same over a read-only connection of its own, for a reading that takes long; to be closed."""
        return Database(self.engine.reader(), self.now)

    def close(self) -> None:
        self.engine.close()

    def _require_transaction(self) -> None:
        if not self.engine.in_transaction:
            raise NoTransaction("every write belongs into a transaction")


def marks(values: Sequence[object]) -> str:
    """`?, ?, ?`: a mark for each value of a list. `NULL`, which nothing equals, for an empty one."""
    return ", ".join("?" * len(values)) or "NULL"


def _insert(table: str, row: Row) -> str:
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks([*row])})"
