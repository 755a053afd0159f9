"""What a vendor's account looked like right before a purchase that carries no reference of ours."""

import json
from datetime import datetime

from bot.domain.money import Money
from bot.domain.orders import OrderId
from bot.domain.recognition import Snapshot
from store.columns import canonical, instant, instant_or_none, money, money_columns, stamp
from store.database import Database


class Snapshots:
    def __init__(self, database: Database) -> None:
        self._db = database

    def put(self, order_id: OrderId, snapshot: Snapshot) -> None:
        """Keep it; the one of an earlier attempt gives way, because that bought nothing until now."""
        row = {
            "order_id": order_id,
            "known": canonical(sorted(snapshot.known)),
            **money_columns("balance", snapshot.balance),
            **money_columns("expected", snapshot.expected),
            "taken_at": stamp(snapshot.taken_at),
        }
        self._db.table("snapshots").upsert(row, pk="order_id")

    def forget(self, order_id: OrderId) -> None:
        """The purchase it was taken for was surely not sent, nor was an earlier one of this order."""
        self._db.write("DELETE FROM snapshots WHERE order_id = ?", [order_id])

    def of_order(self, order_id: OrderId) -> Snapshot | None:
        row = self._db.row("SELECT * FROM snapshots WHERE order_id = ?", [order_id])
        if row is None:
            return None
        return Snapshot(
            frozenset(json.loads(row["known"])),
            money(row, "balance"),
            money(row, "expected"),
            instant(row["taken_at"]),
        )

    def spent_since(self, provider: str, taken_at: datetime) -> list[Money]:
        """What our other orders cost that this vendor was sent after that moment.

        A refused order may have left a number at the vendor, and cost nothing.
        """
        sql = """
            SELECT expected_debit_amount, expected_debit_currency FROM orders
            JOIN snapshots ON snapshots.order_id = orders.id
            WHERE provider = ? AND taken_at > ? AND provider_order_id IS NOT NULL
            AND state <> 'refused'
        """
        return [money(row, "expected_debit") for row in self._db.rows(sql, [provider, stamp(taken_at)])]

    def oldest_of(self, provider: str) -> datetime | None:
        """When the account was looked at for the purchase with this vendor that is not over yet."""
        sql = """
            SELECT min(taken_at) FROM snapshots JOIN orders ON orders.id = order_id
            WHERE provider = ? AND state IN ('placing', 'unsettled')
        """
        return instant_or_none(self._db.value(sql, [provider]))
