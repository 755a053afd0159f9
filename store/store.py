"""The store: a database, and the keys of what is sealed in it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from store.database import Clock, Database
from store.engines.sqlite import SqliteEngine
from store.keyring import Keyring
from store.readonly import ReadOnlyStore
from store.scope import adopt_rows, remembered_scope
from store.transaction import Transaction

T = TypeVar("T")
_KEY_CHECK = "key_check"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Store(Transaction):
    """Everything on disk. Reads any time; every write inside `with store.transaction()`, without an await."""

    def __init__(self, database: Database, keys: Keyring) -> None:
        self._db, self._keys = database, keys
        super().__init__(database, remembered_scope(database), keys)

    @classmethod
    def open(cls, path: Path, keys: Keyring, *, read_only: bool = False, clock: Clock = _utc_now) -> "Store":
        """Open or make the database, and own it until `close` unless `read_only`.

        Raises DatabaseInUse, NotADatabase, StorageFailed, or BadKey when the keys are not this database's.
        """
        engine = SqliteEngine.read(path) if read_only else SqliteEngine.own(path)
        try:
            store = cls(Database(engine, clock), keys)
            store._check_keys(read_only=read_only)
            if not read_only:
                store.rescope()
                with store.transaction():
                    store.release_leases()
        except BaseException:
            engine.close()
            raise
        return store

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """What `work` returns, once all that it wrote is on disk; or nothing of it is. It cannot await."""
        with self.transaction():
            return work(self)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """What `work` reads."""
        return work(self)

    def transaction(self) -> AbstractContextManager[None]:
        """All writes inside, or none. Raises NestedTransaction inside another one."""
        return self._db.transaction()

    @contextmanager
    def reader(self) -> Iterator[ReadOnlyStore]:
        """Beside the writer, for a reading that takes long, on a thread. Raises StorageFailed."""
        with closing(self._db.reader()) as database:
            yield ReadOnlyStore(database)

    def rescope(self) -> None:
        """After it was written down whose workspace, and which account at a vendor, this is for."""
        scope = remembered_scope(self._db)
        with self.transaction():
            adopt_rows(self._db, scope)
        super().__init__(self._db, scope, self._keys)

    def close(self) -> None:
        self._db.close()

    def rotate_keys(self) -> int:
        """Seal everything with the newest key; how many codes. Older keys can go from the list afterwards."""
        with self.transaction():
            self.key_values.set(_KEY_CHECK, self._keys.seal(_KEY_CHECK))
            self.events.rotate()
            self.unparsed_responses.rotate()
            return self.codes.rotate()

    def _check_keys(self, *, read_only: bool) -> None:
        sealed = self.key_values.get(_KEY_CHECK)
        if sealed is not None:
            self._keys.open(sealed)
        elif not read_only:
            with self.transaction():
                self.key_values.set(_KEY_CHECK, self._keys.seal(_KEY_CHECK))
