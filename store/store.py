"""The store: one SQLite file, opened once, with everything in it by feature."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from store.approvals import Approvals
from store.audit import Audit
from store.balances import Balances
from store.catalogue import Catalogue
from store.codes import Codes
from store.database import Clock, Database
from store.database_lock import DatabaseLock
from store.errors import StorageFailed
from store.events import Events
from store.key_values import KeyValues
from store.keyring import Keyring
from store.orders import Orders
from store.outbox import Outbox
from store.quotes import Quotes
from store.refunds import Refunds
from store.resolutions import Resolutions
from store.snapshots import Snapshots
from store.unparsed_responses import UnparsedResponses

T = TypeVar("T")
_KEY_CHECK = "key_check"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Transaction:
    """Everything on disk by topic, as it is handed to a function that reads or writes."""

    def __init__(self, database: Database, keys: Keyring) -> None:
        self.audit = Audit(database)
        self.orders = Orders(database, self.audit)
        self.approvals = Approvals(database)
        self.resolutions = Resolutions(database)
        self.outbox = Outbox(database)
        self.codes = Codes(database, keys)
        self.unread = UnparsedResponses(database, keys)
        self.snapshots = Snapshots(database)
        self.quotes = Quotes(database)
        self.events = Events(database, keys)
        self.refunds = Refunds(database)
        self.balances = Balances(database)
        self.key_values = KeyValues(database)
        self.catalogue = Catalogue(database, self.key_values)


class Store(Transaction):
    """Everything on disk. Reads any time; every write inside `with store.transaction()`, without an await."""

    def __init__(self, database: Database, keys: Keyring, database_lock: DatabaseLock | None) -> None:
        self._db = database
        self._database_lock = database_lock
        super().__init__(database, keys)
        self._keys = keys

    @classmethod
    def open(cls, path: Path, keys: Keyring, *, read_only: bool = False, clock: Clock = _utc_now) -> "Store":
        """Open or make the database, and own it until `close` unless `read_only`.

        Raises DatabaseInUse, NotADatabase, StorageFailed, or BadKey when the keys are not this database's.
        """
        path = path.expanduser().resolve()
        database_lock = None
        if not read_only:
            database_lock = _acquire_lock(path)
        try:
            store = cls(Database(path, read_only=read_only, clock=clock), keys, database_lock)
            store._check_keys(read_only=read_only)
        except BaseException:
            if database_lock:
                database_lock.release()
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

    @property
    def path(self) -> Path:
        """The file, for readings that take long and so happen beside the writer."""
        return self._db.path

    def close(self) -> None:
        self._db.close()
        if self._database_lock:
            self._database_lock.release()

    def rotate_keys(self) -> int:
        """Seal everything with the newest key; how many codes. Older keys can go from the list afterwards."""
        with self.transaction():
            self.key_values.set(_KEY_CHECK, self._keys.seal(_KEY_CHECK))
            self.events.rotate()
            self.unread.rotate()
            return self.codes.rotate()

    def _check_keys(self, *, read_only: bool) -> None:
        sealed = self.key_values.get(_KEY_CHECK)
        if sealed is not None:
            self._keys.open(sealed)
        elif not read_only:
            with self.transaction():
                self.key_values.set(_KEY_CHECK, self._keys.seal(_KEY_CHECK))


def _acquire_lock(path: Path) -> DatabaseLock:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return DatabaseLock(path)
    except OSError as error:
        raise StorageFailed(f"{path} cannot be made or opened: {error.strerror}") from error
