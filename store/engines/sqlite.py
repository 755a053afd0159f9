"""SQLite: one file, which one process at a time may write to."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlite_utils

# The current one of pysqlite3 where that is installed, else Python's own.
from sqlite_utils.db import sqlite3 as sqlite3  # type: ignore[attr-defined]  # chosen, but not declared, there

from store.engine import Parameters, Result
from store.engines.sqlite_lock import DatabaseLock
from store.errors import NotADatabase, OlderDatabase, StorageFailed
from store.migrations import APPLICATION_ID, known_names, migrations

_BUSY_TIMEOUT_S = 1.0


class SqliteEngine:
    skip_locked = ""  # a transaction that writes has the file to itself

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: DatabaseLock | None = None) -> None:
        self._path, self._connection, self._lock = path, connection, lock

    @classmethod
    def own(cls, path: Path) -> "SqliteEngine":
        """Open or make the file, bring its tables up to date, and own it until `close`.

        Raises DatabaseInUse, NotADatabase and StorageFailed.
        """
        path = path.expanduser().resolve()
        lock = _acquire_lock(path)
        try:
            return cls(path, _connected(path, _connect_writing, _bring_up_to_date), lock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def read(cls, path: Path) -> "SqliteEngine":
        """Open a file that another process may own. Raises NotADatabase, OlderDatabase and StorageFailed."""
        path = path.expanduser().resolve()
        return cls(path, _connected(path, _connect_reading, _require_up_to_date))

    @classmethod
    def read_as_it_is(cls, path: Path) -> "SqliteEngine":
        """Open a file that may be damaged: of text that is no UTF-8, the bytes come as surrogates."""
        path = path.expanduser().resolve()
        connection = _connect_reading(path)
        connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        return cls(path, connection)

    @property
    def in_transaction(self) -> bool:
        return bool(self._connection.in_transaction)

    def execute(self, sql: str, parameters: Parameters = ()) -> Result:
        with _translated_errors():
            cursor = self._connection.execute(sql, parameters)
        columns = [column[0] for column in cursor.description or ()]
        return Result(columns, _fetched(cursor), cursor.rowcount)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with _translated_errors():
            # A writer takes the lock at once, so that no later statement waits for it.
            self._connection.execute("BEGIN IMMEDIATE" if self._lock else "BEGIN")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def reader(self) -> "SqliteEngine":
        return SqliteEngine(self._path, _connect_reading(self._path))

    def close(self) -> None:
        self._connection.close()
        if self._lock:
            self._lock.release()


def _connected(
    path: Path,
    connect: Callable[[Path], sqlite3.Connection],
    prepare: Callable[[sqlite_utils.Database, Path], None],
) -> sqlite3.Connection:
    connection = connect(path)
    try:
        database = sqlite_utils.Database(connection, execute_plugins=False)
        _require_our_file(database, path)
        prepare(database, path)
    except sqlite3.OperationalError as error:
        connection.close()
        raise StorageFailed(f"{path} cannot be opened: {error}") from error
    except sqlite3.DatabaseError as error:
        connection.close()
        raise NotADatabase(f"{path} cannot be read as a database ({error}). Restore a backup.") from error
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_writing(path: Path) -> sqlite3.Connection:
    try:
        # Before SQLite sees it, because -wal and -shm take over the file's permissions.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        path.chmod(0o600)
        return sqlite3.connect(str(path), timeout=_BUSY_TIMEOUT_S, isolation_level=None)
    except (OSError, sqlite3.OperationalError) as error:
        raise StorageFailed(f"{path} cannot be opened: {error}") from error


def _connect_reading(path: Path) -> sqlite3.Connection:
    try:
        return sqlite3.connect(
            f"{path.as_uri()}?mode=ro", uri=True, timeout=_BUSY_TIMEOUT_S, isolation_level=None
        )
    except sqlite3.OperationalError as error:
        raise StorageFailed(f"{path} cannot be opened: {error}") from error


def _bring_up_to_date(database: sqlite_utils.Database, _path: Path) -> None:
    database.execute("PRAGMA journal_mode = WAL").fetchall()
    database.execute("PRAGMA synchronous = FULL")
    # Off until the tables are as they should be: a step may have to make one anew.
    database.execute("PRAGMA foreign_keys = OFF")
    migrations.apply(database)
    database.execute("PRAGMA foreign_keys = ON")


def _require_up_to_date(database: sqlite_utils.Database, path: Path) -> None:
    if migrations.pending(database):
        raise OlderDatabase(f"{path} is from an older version. Start the bot once to bring it up to date.")


def _require_our_file(database: sqlite_utils.Database, path: Path) -> None:
    (application_id,) = database.execute("PRAGMA application_id").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application_id != APPLICATION_ID:
        raise NotADatabase(f"{path} is another program's database. Give this bot a file of its own.")
    known = known_names()
    if strange := [step.name for step in migrations.applied(database) if step.name not in known]:
        raise NotADatabase(
            f"{path} was written by a version that this one does not know ({strange[-1]}). "
            "Install that version, or give this one a file of its own."
        )
    if tables:
        (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise NotADatabase(f"{path} is damaged ({verdict}). Restore a backup.")


def _acquire_lock(path: Path) -> DatabaseLock:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return DatabaseLock(path)
    except OSError as error:
        raise StorageFailed(f"{path} cannot be made or opened: {error.strerror}") from error


def _fetched(cursor: sqlite3.Cursor) -> Iterator[tuple[Any, ...]]:
    with _translated_errors():
        # Not `yield from`, which closes the cursor when nobody reads on: too late, where its file is closed.
        for row in cursor:  # noqa: UP028
            yield row


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StorageFailed(f"SQLite: {error}") from error
