"""The store: a database, and the keys of what is sealed in it. Transactions are the only way in."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from store.database import Clock, Database
from store.engines.sqlite import SqliteEngine
from store.keyring import KEY_CHECK, Keyring
from store.readonly import ReadOnlyStore
from store.scope import adopt_rows, remembered_scope
from store.transaction import Transaction

T = TypeVar("T")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    def __init__(self, database: Database, keys: Keyring) -> None:
        self._database, self._keys = database, keys
        self._transaction = Transaction(database, remembered_scope(database), keys)

    @classmethod
    def open(cls, path: Path, keys: Keyring, *, read_only: bool = False, clock: Clock = _utc_now) -> "Store":
        """Open or make the database, and own it until `close` unless `read_only`.

        Raises DatabaseInUse, NotADatabase, StorageFailed, or BadKey when the keys are not this database's.
        """
        engine = SqliteEngine.read(path) if read_only else SqliteEngine.own(path)
        try:
            store = cls(Database(engine, clock), keys)
            store._check_keys()
            if not read_only:
                store._take_possession()
        except BaseException:
            engine.close()
            raise
        return store

    # Both can be awaited, so that an engine may answer over a network. SQLite answers at once.

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """What `work` returns, once all that it wrote is on disk; or nothing of it is. It cannot await."""
        with self._database.transaction():
            return work(self._transaction)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """What `work` reads."""
        return work(self._transaction)

    @contextmanager
    def reader(self) -> Iterator[ReadOnlyStore]:
        """Beside the writer, for a reading that takes long, on a thread. Raises StorageFailed."""
        with closing(self._database.reader()) as database:
            yield ReadOnlyStore(database)

    def rescope(self) -> None:
        """After it was written down whose workspace, and which account at a vendor, this is for."""
        scope = remembered_scope(self._database)
        with self._database.transaction():
            adopt_rows(self._database, scope)
        self._transaction = Transaction(self._database, scope, self._keys)

    def close(self) -> None:
        self._database.close()

    def _check_keys(self) -> None:
        sealed = self._transaction.key_values.get(KEY_CHECK)
        if sealed is not None:
            self._keys.open(sealed)

    def _take_possession(self) -> None:
        """Whoever had the database before is gone."""
        self.rescope()
        key_values = self._transaction.key_values
        with self._database.transaction():
            self._transaction.release_leases()
            if key_values.get(KEY_CHECK) is None:
                key_values.set(KEY_CHECK, self._keys.seal(KEY_CHECK))
