"""A database as it is at this moment, beside whoever writes to it. Needs no keys and shows no codes."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.orders import OrderId
from bot.search.index import SearchIndex
from store.approvals import Approvals
from store.audit import Audit
from store.audit_chain import COLUMNS, VerifyResult, verify_chain
from store.columns import Row
from store.database import Database
from store.engines.sqlite import SqliteEngine
from store.errors import StorageFailed
from store.key_values import KeyValues
from store.orders import Orders
from store.product_search import read_search_index
from store.purchases import Purchases
from store.refunds import Refunds
from store.resolutions import Resolutions
from store.scope import remembered_scope


class ReadOnlyStore:
    def __init__(self, database: Database) -> None:
        self._db, scope = database, remembered_scope(database)
        self.audit = Audit(database, scope)
        self.orders = Orders(database, scope)
        self.purchases = Purchases(database)
        self.approvals = Approvals(database)
        self.refunds = Refunds(database, scope)
        self.key_values = KeyValues(database)
        self.resolutions = Resolutions(database)

    def codes_held(self, order_id: OrderId) -> int:
        sql = "SELECT count(*) FROM deliverables WHERE order_id = ? AND is_clear = 1"
        return int(self._db.value(sql, [order_id]))

    def codes_by_order(self) -> dict[OrderId, int]:
        """How many clear codes each order has; one without any is not in it."""
        sql = "SELECT order_id, count(*) AS n FROM deliverables WHERE is_clear = 1 GROUP BY order_id"
        return {row["order_id"]: row["n"] for row in self._db.rows(sql)}

    def audit_log(self) -> Iterator[Row]:
        """Every row, oldest first, as it lies on disk: what is exported can be verified like the original."""
        return self._db.iter_rows(f"SELECT {', '.join(COLUMNS)} FROM audit ORDER BY seq")

    def search_index(self) -> SearchIndex:
        return read_search_index(self._db)

    def verify(self) -> VerifyResult:
        return verify_chain(self._db)


@contextmanager
def open_read_only(path: Path) -> Iterator[ReadOnlyStore]:
    """Raises NotADatabase, OlderDatabase, StorageFailed."""
    with closing(SqliteEngine.read(path)) as engine:
        yield ReadOnlyStore(Database(engine, _now))


def verify(path: Path) -> VerifyResult:
    """What is to be said of the audit log in a file, however damaged. Raises StorageFailed."""
    with closing(SqliteEngine.read_as_it_is(path)) as engine:
        try:
            return verify_chain(Database(engine, _now))
        except StorageFailed as error:
            raise StorageFailed(f"{path} cannot be read: {error}") from error


def _now() -> datetime:
    return datetime.now(UTC)
