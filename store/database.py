"""The SQLite connection: how it is opened, and the transactions every write happens in."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlite_utils
from sqlite_utils.db import Table

from store.columns import Row
from store.engine import sqlite3
from store.errors import NestedTransaction, NotADatabase, NoTransaction, OlderDatabase, StorageFailed
from store.migrations import APPLICATION_ID, known_names, migrations

Parameters = Sequence[Any] | dict[str, Any]
Clock = Callable[[], datetime]

_BUSY_TIMEOUT_S = 1.0


class Database:
    """One connection. Reads any time; writes only inside `transaction()`."""

    def __init__(self, path: Path, *, read_only: bool, clock: Clock) -> None:
        self.path = path
        self.now = clock
        self._sqlite = _connect(path, read_only=read_only)

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
        with _translate_errors():
            cursor = self._sqlite.execute(sql, parameters)
            names = [column[0] for column in cursor.description]
            for values in cursor:
                yield dict(zip(names, values, strict=True))

    def iter_tuples(self, sql: str, parameters: Parameters = ()) -> Iterator[tuple[Any, ...]]:
        """Rows without the names of their columns, which take as long as the reading where rows are many."""
        with _translate_errors():
            yield from self._sqlite.execute(sql, parameters)

    def table(self, name: str) -> Table:
        """A table to write to. Raises NoTransaction outside of one."""
        self._require_transaction()
        return self._sqlite.table(name)

    def insert(self, name: str, row: Row) -> int:
        """Add one row; its id. Raises NoTransaction outside of one."""
        added = self.write_rows(_insert(name, row) + " RETURNING id", list(row.values()))
        if not added:
            raise StorageFailed(f"SQLite: a row like this is in {name} already")
        return int(added[0]["id"])

    def insert_once(self, name: str, row: Row, *, unless: Sequence[str]) -> Row | None:
        """Add one row, and return it; None where one has the same values in the columns `unless`.

        Raises NoTransaction outside of one.
        """
        sql = f"{_insert(name, row)} ON CONFLICT ({', '.join(unless)}) DO NOTHING RETURNING *"
        return next(iter(self.write_rows(sql, list(row.values()))), None)

    def write(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one writing statement; how many rows it changed. Raises NoTransaction outside of one."""
        self._require_transaction()
        return int(self._sqlite.execute(sql, parameters).rowcount)

    def write_rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Run one writing statement; the rows it returns. Raises NoTransaction outside of one."""
        self._require_transaction()
        return self.rows(sql, parameters)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing. The write lock is taken at once, so no later statement waits for it."""
        if self._sqlite.conn.in_transaction:
            raise NestedTransaction("a transaction is already open")
        with _translate_errors():
            self._sqlite.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._sqlite.execute("COMMIT")
            except BaseException:
                self._sqlite.rollback()
                raise

    def close(self) -> None:
        self._sqlite.close()

    def _require_transaction(self) -> None:
        if not self._sqlite.conn.in_transaction:
            raise NoTransaction("every write belongs inside `with store.transaction()`")


def _insert(name: str, row: Row) -> str:
    marks = ", ".join("?" * len(row))
    return f"INSERT INTO {name} ({', '.join(row)}) VALUES ({marks})"


def _connect(path: Path, *, read_only: bool) -> sqlite_utils.Database:
    try:
        if read_only:
            connection = sqlite3.connect(
                f"{path.as_uri()}?mode=ro", uri=True, timeout=_BUSY_TIMEOUT_S, isolation_level=None
            )
        else:
            # Before SQLite sees it, because -wal and -shm take over the file's permissions.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            path.chmod(0o600)
            connection = sqlite3.connect(str(path), timeout=_BUSY_TIMEOUT_S, isolation_level=None)
    except (OSError, sqlite3.OperationalError) as error:
        raise StorageFailed(f"{path} cannot be opened: {error}") from error
    database = sqlite_utils.Database(connection, execute_plugins=False)
    try:
        _check_application_id(database, path)
        _prepare(database, path, read_only=read_only)
    except sqlite3.OperationalError as error:
        database.close()
        raise StorageFailed(f"{path} cannot be opened: {error}") from error
    except sqlite3.DatabaseError as error:
        database.close()
        raise NotADatabase(f"{path} cannot be read as a database ({error}). Restore a backup.") from error
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite_utils.Database, path: Path, *, read_only: bool) -> None:
    if read_only:
        if migrations.pending(database):
            raise OlderDatabase(
                f"{path} is from an older version. Start the bot once to bring it up to date."
            )
        return
    database.execute("PRAGMA journal_mode = WAL").fetchall()
    database.execute("PRAGMA synchronous = FULL")
    # Off until the tables are as they should be: a step may have to make one anew.
    database.execute("PRAGMA foreign_keys = OFF")
    migrations.apply(database)
    database.execute("PRAGMA foreign_keys = ON")


def _check_application_id(database: sqlite_utils.Database, path: Path) -> None:
    (application_id,) = database.execute("PRAGMA application_id").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application_id != APPLICATION_ID:
        raise NotADatabase(f"{path} is another program's database. Give this bot a file of its own.")
    known = known_names()
    if newer := [step.name for step in migrations.applied(database) if step.name not in known]:
        raise NotADatabase(f"{path} was written by a newer version ({newer[-1]}). Install that version.")
    if tables:
        (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise NotADatabase(f"{path} is damaged ({verdict}). Restore a backup.")


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StorageFailed(f"SQLite: {error}") from error
