"""Refunds: which orders wait for one, and which movements brought the money back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.movements import Refund
from bot.domain.orders import OrderId
from store.columns import Row, instant, instant_or_none, money, money_columns, stamp
from store.database import Database


class WatchEnd(StrEnum):
    FOUND = "found"
    MISSING = "missing"  # nothing, or not enough, within a day
    NOT_NEEDED = "not_needed"  # every card came after all


@dataclass(frozen=True, slots=True)
class Watch:
    """An order whose refund is looked for. `end` None: still going on."""

    order_id: OrderId
    since: datetime
    next_at: datetime | None
    end: WatchEnd | None


class Refunds:
    def __init__(self, database: Database) -> None:
        self._db = database

    def watch(self, order_id: OrderId, next_at: datetime) -> None:
        """Begin to look for the order's refund, or begin anew."""
        now = stamp(self._db.now())
        self._db.write(
            "INSERT INTO refund_watches (order_id, since, next_at) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET since = excluded.since, next_at = excluded.next_at, ended = NULL",
            [order_id, now, stamp(next_at)],
        )

    def look_again(self, order_id: OrderId, next_at: datetime) -> None:
        self._db.write(
            "UPDATE refund_watches SET next_at = ? WHERE order_id = ? AND ended IS NULL",
            [stamp(next_at), order_id],
        )

    def look_at_all_of(self, provider: str, wallet_id: str | None, next_at: datetime) -> int:
        """Money came into this wallet (None: into some): look now for every refund it may be; how many."""
        return self._db.write(
            "UPDATE refund_watches SET next_at = ? WHERE ended IS NULL AND order_id IN"
            " (SELECT id FROM orders WHERE provider = ? AND wallet_id = coalesce(?, wallet_id))",
            [stamp(next_at), provider, wallet_id],
        )

    def end(self, order_id: OrderId, how: WatchEnd) -> None:
        self._db.write(
            "UPDATE refund_watches SET next_at = NULL, ended = ? WHERE order_id = ?", [how.value, order_id]
        )

    def due(self, now: datetime, limit: int = 20, *, provider: str | None = None) -> list[Watch]:
        """Of one vendor's orders where it is given."""
        sql = """
            SELECT refund_watches.* FROM refund_watches JOIN orders ON orders.id = order_id
            WHERE refund_watches.next_at <= ? AND provider = coalesce(?, provider)
            ORDER BY refund_watches.next_at LIMIT ?
        """
        return [_watch(row) for row in self._db.rows(sql, [stamp(now), provider, limit])]

    def watch_of(self, order_id: OrderId) -> Watch | None:
        row = self._db.row("SELECT * FROM refund_watches WHERE order_id = ?", [order_id])
        return None if row is None else _watch(row)

    def add(self, order_id: OrderId, provider: str, found: Iterable[Refund]) -> list[Refund]:
        """Keep those not kept yet, which are returned."""
        known = {
            row["movement_id"]
            for row in self._db.rows("SELECT movement_id FROM refunds WHERE provider = ?", [provider])
        }
        new = [refund for refund in found if refund.movement_id not in known]
        for refund in new:
            row: Row = {
                "order_id": order_id,
                "provider": provider,
                "movement_id": refund.movement_id,
                **money_columns("refund", refund.amount),
                "refunded_at": stamp(refund.at),
            }
            self._db.insert("refunds", row)
        return new

    def of_order(self, order_id: OrderId) -> list[Refund]:
        """Oldest first."""
        sql = "SELECT * FROM refunds WHERE order_id = ? ORDER BY refunded_at, id"
        return [
            Refund(row["movement_id"], money(row, "refund"), instant(row["refunded_at"]))
            for row in self._db.rows(sql, [order_id])
        ]


def _watch(row: Row) -> Watch:
    return Watch(
        order_id=OrderId(row["order_id"]),
        since=instant(row["since"]),
        next_at=instant_or_none(row["next_at"]),
        end=row["ended"] and WatchEnd(row["ended"]),
    )
