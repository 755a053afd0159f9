"""The store: one SQLite file, opened once, with everything in it by feature."""

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from store.approvals import Approvals
from store.audit import Audit
from store.balances import Balances
from store.catalogue import Catalogue
from store.codes import Codes
from store.database import Clock, Database
from store.errors import StorageFailed
from store.events import Events
from store.facts import Facts
from store.keyring import Keyring
from store.orders import Orders
from store.outbox import Outbox
from store.ownership import Ownership
from store.quotes import Quotes
from store.refunds import Refunds
from store.resolutions import Resolutions
from store.snapshots import Snapshots
from store.unread import UnreadAnswers

_KEY_CHECK = "key_check"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """Everything on disk. Reads any time; every write inside `with store.transaction()`, without an await."""

    def __init__(self, database: Database, keys: Keyring, ownership: Ownership | None) -> None:
        self._db = database
        self._ownership = ownership
        self.audit = Audit(database)
        self.orders = Orders(database, self.audit)
        self.approvals = Approvals(database)
        self.resolutions = Resolutions(database)
        self.outbox = Outbox(database)
        self.codes = Codes(database, keys)
        self.unread = UnreadAnswers(database, keys)
        self.snapshots = Snapshots(database)
        self.quotes = Quotes(database)
        self.events = Events(database, keys)
        self.refunds = Refunds(database)
        self.balances = Balances(database)
        self.facts = Facts(database)
        self.catalogue = Catalogue(database, self.facts)
        self._keys = keys

    @classmethod
    def open(cls, path: Path, keys: Keyring, *, read_only: bool = False, clock: Clock = _utc_now) -> "Store":
        """Open or make the database, and own it until `close` unless `read_only`.

        Raises DatabaseInUse, NotADatabase, StorageFailed, or BadKey when the keys are not this database's.
        """
        path = path.expanduser().resolve()
        ownership = None
        if not read_only:
            ownership = _own(path)
        try:
            store = cls(Database(path, read_only=read_only, clock=clock), keys, ownership)
            store._check_keys(read_only=read_only)
        except BaseException:
            if ownership:
                ownership.release()
            raise
        return store

    def transaction(self) -> AbstractContextManager[None]:
        """All writes inside, or none. Raises NestedTransaction inside another one."""
        return self._db.transaction()

    @property
    def path(self) -> Path:
        """The file, for readings that take long and so happen beside the writer."""
        return self._db.path

    def close(self) -> None:
        self._db.close()
        if self._ownership:
            self._ownership.release()

    def rotate_keys(self) -> int:
        """Seal everything with the newest key; how many codes. Older keys can go from the list afterwards."""
        with self.transaction():
            self.facts.set(_KEY_CHECK, self._keys.seal(_KEY_CHECK))
            self.events.rotate()
            self.unread.rotate()
            return self.codes.rotate()

    def _check_keys(self, *, read_only: bool) -> None:
        sealed = self.facts.get(_KEY_CHECK)
        if sealed is not None:
            self._keys.open(sealed)
        elif not read_only:
            with self.transaction():
                self.facts.set(_KEY_CHECK, self._keys.seal(_KEY_CHECK))


def _own(path: Path) -> Ownership:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Ownership(path)
    except OSError as failure:
        raise StorageFailed(f"{path} cannot be made or opened: {failure.strerror}") from failure
