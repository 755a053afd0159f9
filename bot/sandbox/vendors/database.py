"""A vendor's database: SQLite with one connection and explicit transactions."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

KEY_VALUES = "CREATE TABLE IF NOT EXISTS key_values (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"


class Database:
    """Amounts are integers in minor units of their currency, times are Unix seconds."""

    def __init__(self, path: Path | None, schema: str, first_ids: Mapping[str, int]) -> None:
        self.first_ids = first_ids
        self.connection = sqlite3.connect(path or ":memory:", isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        self.connection.create_function("casefold", 1, str.casefold, deterministic=True)
        self.connection.executescript("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;")
        self.connection.executescript(KEY_VALUES + schema)
        self.is_new = self.one("SELECT 1 FROM key_values") is None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commits at the end, rolls back on an exception."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def run(self, sql: str, *values: Any) -> sqlite3.Cursor:
        return self.connection.execute(sql, values)

    def all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        return self.connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> Any:
        """The first row, or None."""
        return self.connection.execute(sql, values).fetchone()

    def insert(self, table: str, **columns: Any) -> int:
        """The new row's id."""
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        cursor = self.run(f"INSERT INTO {table} ({names}) VALUES ({marks})", *columns.values())  # noqa: S608
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def stored_value(self, name: str) -> str | None:
        row = self.one("SELECT value FROM key_values WHERE name = ?", name)
        return row["value"] if row else None

    def keep(self, name: str, value: str) -> None:
        self.run("INSERT OR REPLACE INTO key_values (name, value) VALUES (?, ?)", name, value)

    def wipe(self) -> None:
        tables = [row["name"] for row in self.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
        self.run("PRAGMA foreign_keys = OFF")
        with self.transaction():
            for table in tables:
                self.run(f"DELETE FROM {table}")  # noqa: S608  # names come from the schema
        self.run("PRAGMA foreign_keys = ON")
        self.is_new = True

    def start_ids_at(self) -> None:
        """Ids start high and differently for each table, so that mixing them up shows in tests."""
        for table, first in self.first_ids.items():
            self.run("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", table, first)
