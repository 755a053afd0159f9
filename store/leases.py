"""Who works on a row: it is claimed for a while, so that no two workers have it at once.

Each claim of a row has a number, its fence. What a worker writes whose claim is over is refused by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from store.columns import Row, to_timestamp
from store.database import Database
from store.errors import LeaseLost

LEASED = ("orders", "outbox", "vendor_events", "refund_watches", "follow_ups")
_FREE = "(this.lease_until IS NULL OR this.lease_until <= ?)"


@dataclass(frozen=True, slots=True)
class Due:
    """Which rows wait for a worker, as a condition on `this`, and by which columns they come first."""

    where: str
    parameters: Sequence[Any]
    first_by: tuple[str, ...]


class Leases:
    """The claims of one table's rows, each of which is known by its `key`."""

    def __init__(self, database: Database, table: str, *, key: str = "id") -> None:
        self._db, self._table, self._key = database, table, key

    def due(self, due: Due, now: datetime, limit: int) -> list[Row]:
        """What a worker may claim."""
        return self._db.rows(f"SELECT * {self._free(due)}", [*due.parameters, to_timestamp(now), limit])

    def claim(self, due: Due, owner: str, now: datetime, lease_for: timedelta, limit: int) -> list[Row]:
        """Take what is due for `owner`, until `now + lease_for` unless it is renewed; first things first."""
        free = f"SELECT {self._key} {self._free(due)}{self._db.engine.skip_locked}"
        sql = f"""
            UPDATE {self._table} SET lease_owner = ?, lease_until = ?, fence = fence + 1
            WHERE {self._key} IN ({free}) RETURNING *
        """
        until = [owner, to_timestamp(now + lease_for)]
        claimed = self._db.write_rows(sql, [*until, *due.parameters, to_timestamp(now), limit])
        return sorted(claimed, key=lambda row: [row[column] for column in due.first_by])

    def renew(self, key: int, fence: int | None, until: datetime) -> bool:
        """False where somebody else has made another claim meanwhile, or there was none."""
        sql = f"UPDATE {self._table} SET lease_until = ? WHERE {self._key} = ? AND fence = ?"
        return self._db.write(sql, [to_timestamp(until), key, fence]) > 0

    def release(self, key: int, fence: int | None) -> None:
        """Whoever is next may have it at once."""
        sql = f"{self._released()} WHERE {self._key} = ? AND fence = ? AND lease_until IS NOT NULL"
        self._db.write(sql, [key, fence])

    def release_all(self) -> int:
        """For a process that knows itself to be the only one: those of others are over. How many were."""
        return self._db.write(f"{self._released()} WHERE lease_until IS NOT NULL")

    def update(self, key: int, row: Row, *, fence: int | None) -> None:
        """Write to a row, under the claim with that fence where there is one. Raises LeaseLost."""
        changed = ", ".join(f"{name} = ?" for name in row)
        sql = f"UPDATE {self._table} SET {changed} WHERE {self._key} = ? AND fence = coalesce(?, fence)"
        if not self._db.write(sql, [*row.values(), key, fence]):
            raise LeaseLost(f"row {key} of {self._table} was claimed by another worker meanwhile")

    def _free(self, due: Due) -> str:
        first = ", ".join(f"this.{column}" for column in due.first_by)
        return f"FROM {self._table} AS this WHERE {due.where} AND {_FREE} ORDER BY {first} LIMIT ?"

    def _released(self) -> str:
        return f"UPDATE {self._table} SET lease_owner = NULL, lease_until = NULL"
