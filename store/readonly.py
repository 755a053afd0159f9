"""A database that another process owns, read as it is at this moment. Needs no keys and shows no codes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.orders import OrderId
from store.approvals import Approvals
from store.audit import Audit
from store.database import Database
from store.orders import Orders
from store.refunds import Refunds
from store.resolutions import Resolutions


@dataclass(frozen=True, slots=True)
class ReadOnlyStore:
    orders: Orders
    approvals: Approvals
    audit: Audit
    refunds: Refunds
    resolutions: Resolutions
    database: Database

    def codes_held(self, order_id: OrderId) -> int:
        sql = "SELECT count(*) FROM vouchers WHERE order_id = ? AND is_clear"
        return int(self.database.value(sql, [order_id]))

    def codes_by_order(self) -> dict[OrderId, int]:
        """How many clear codes each order has; one without any is not in it."""
        sql = "SELECT order_id, count(*) AS n FROM vouchers WHERE is_clear GROUP BY order_id"
        return {row["order_id"]: row["n"] for row in self.database.rows(sql)}

    def shown_orders(self) -> set[OrderId]:
        """Orders whose codes their requester was shown at least once."""
        rows = self.database.rows("SELECT DISTINCT order_id FROM audit WHERE action = 'codes_shown'")
        return {row["order_id"] for row in rows}


@contextmanager
def open_read_only(path: Path) -> Iterator[ReadOnlyStore]:
    """Raises NotADatabase, StorageFailed."""
    database = Database(path.expanduser().resolve(), read_only=True, clock=lambda: datetime.now(UTC))
    audit = Audit(database)
    try:
        yield ReadOnlyStore(
            Orders(database, audit),
            Approvals(database),
            audit,
            Refunds(database),
            Resolutions(database),
            database,
        )
    finally:
        database.close()
