"""Refunds: which orders wait for one, and which movements brought the money back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.orders import OrderId
from bot.domain.wallet_transactions import Refund
from store.columns import Row, from_timestamp, from_timestamp_or_none, money, money_columns, to_timestamp
from store.database import Database
from store.leases import Due, Leases
from store.scope import Scope


class RefundWatchOutcome(StrEnum):
    FOUND = "found"
    MISSING = "missing"  # nothing, or not enough, within a day
    NOT_NEEDED = "not_needed"  # every card came after all


@dataclass(frozen=True, slots=True)
class RefundWatch:
    """An order whose refund is looked for. `end` None: still going on."""

    order_id: OrderId
    since: datetime
    next_at: datetime | None
    end: RefundWatchOutcome | None
    fence: int | None = field(default=None, compare=False)  # of the claim a worker has it under


class Refunds:
    def __init__(self, database: Database, scope: Scope) -> None:
        self._db, self._scope = database, scope
        self._leases = Leases(database, "refund_watches", key="order_id")

    def watch(self, order_id: OrderId, next_at: datetime) -> None:
        """Begin to look for the order's refund, or begin anew."""
        now = to_timestamp(self._db.now())
        self._db.write(
            "INSERT INTO refund_watches (order_id, since, next_at) VALUES (?, ?, ?)"
            " ON CONFLICT (order_id) DO UPDATE"
            " SET since = excluded.since, next_at = excluded.next_at, ended = NULL",
            [order_id, now, to_timestamp(next_at)],
        )

    def reschedule(self, order_id: OrderId, next_at: datetime, *, fence: int | None = None) -> None:
        """Look again at `next_at`, unless it has an end. Raises LeaseLost."""
        watch = self.get_watch(order_id)
        if watch is not None and watch.end is None:
            self._leases.update(order_id, {"next_at": to_timestamp(next_at)}, fence=fence)

    def reschedule_wallet(self, vendor: str, wallet_id: str | None, next_at: datetime) -> int:
        """Money came into this wallet (None: into some): look now for every refund it may be; how many."""
        return self._db.write(
            "UPDATE refund_watches SET next_at = ? WHERE ended IS NULL AND order_id IN"
            " (SELECT id FROM orders WHERE vendor = ? AND wallet_id = coalesce(?, wallet_id))",
            [to_timestamp(next_at), vendor, wallet_id],
        )

    def end(self, order_id: OrderId, how: RefundWatchOutcome, *, fence: int | None = None) -> None:
        """Raises LeaseLost."""
        self._leases.update(order_id, {"next_at": None, "ended": how.value}, fence=fence)

    def due(self, now: datetime, limit: int = 20, *, vendor: str | None = None) -> list[RefundWatch]:
        """Of one vendor's orders where it is given; none that a worker is looking at."""
        return [_watch(row) for row in self._leases.due(_due(now, vendor), now, limit)]

    def claim(
        self, owner: str, now: datetime, lease_for: timedelta, limit: int, *, vendor: str | None = None
    ) -> list[RefundWatch]:
        """Take what is due, so that nobody else looks for it at the same time."""
        rows = self._leases.claim(_due(now, vendor), owner, now, lease_for, limit)
        return [_watch(row, fence=row["fence"]) for row in rows]

    def renew(self, watch: RefundWatch, until: datetime) -> bool:
        """False when somebody else has claimed it meanwhile."""
        return self._leases.renew(watch.order_id, watch.fence, until)

    def release(self, watch: RefundWatch) -> None:
        self._leases.release(watch.order_id, watch.fence)

    def get_watch(self, order_id: OrderId) -> RefundWatch | None:
        row = self._db.row("SELECT * FROM refund_watches WHERE order_id = ?", [order_id])
        return None if row is None else _watch(row)

    def add(self, order_id: OrderId, vendor: str, found: Iterable[Refund]) -> list[Refund]:
        """Keep those not kept yet, which are returned."""
        return [refund for refund in found if self._add(order_id, vendor, refund)]

    def of_order(self, order_id: OrderId) -> list[Refund]:
        """Oldest first."""
        sql = "SELECT * FROM refunds WHERE order_id = ? ORDER BY refunded_at, id"
        return [
            Refund(row["transaction_id"], money(row, "refund"), from_timestamp(row["refunded_at"]))
            for row in self._db.rows(sql, [order_id])
        ]

    def _add(self, order_id: OrderId, vendor: str, refund: Refund) -> bool:
        row: Row = {
            "order_id": order_id,
            "vendor": vendor,
            "vendor_account": self._scope.account(vendor),
            "transaction_id": refund.transaction_id,
            **money_columns("refund", refund.amount),
            "refunded_at": to_timestamp(refund.at),
        }
        return self._db.insert_once("refunds", row, unless=("vendor", "transaction_id")) is not None


def _due(now: datetime, vendor: str | None) -> Due:
    where = "this.next_at <= ? AND order_id IN (SELECT id FROM orders WHERE vendor = coalesce(?, vendor))"
    return Due(where, [to_timestamp(now), vendor], ("next_at", "order_id"))


def _watch(row: Row, *, fence: int | None = None) -> RefundWatch:
    return RefundWatch(
        fence=fence,
        order_id=OrderId(row["order_id"]),
        since=from_timestamp(row["since"]),
        next_at=from_timestamp_or_none(row["next_at"]),
        end=row["ended"] and RefundWatchOutcome(row["ended"]),
    )
