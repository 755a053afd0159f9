"""What a vendor's account looked like right before a purchase that carries no reference of ours."""

import json
from datetime import datetime

from bot.domain.attribution import AccountSnapshot
from bot.domain.lifecycle import MAYBE_SPENT, OrderState
from bot.domain.money import Money
from bot.domain.orders import OrderId
from store.columns import (
    canonical_json,
    from_timestamp,
    from_timestamp_or_none,
    money,
    money_columns,
    to_timestamp,
)
from store.database import Database, marks


class Snapshots:
    def __init__(self, database: Database) -> None:
        self._db = database

    def put(self, order_id: OrderId, snapshot: AccountSnapshot) -> None:
        """Keep it; the one of an earlier attempt gives way, because that bought nothing until now."""
        row = {
            "order_id": order_id,
            "known": canonical_json(sorted(snapshot.known)),
            **money_columns("balance", snapshot.balance),
            **money_columns("expected", snapshot.expected),
            "taken_at": to_timestamp(snapshot.taken_at),
        }
        self._db.upsert("snapshots", row, key=("order_id",))

    def forget(self, order_id: OrderId) -> None:
        """The purchase it was taken for was surely not sent, nor was an earlier one of this order."""
        self._db.write("DELETE FROM snapshots WHERE order_id = ?", [order_id])

    def of_order(self, order_id: OrderId) -> AccountSnapshot | None:
        row = self._db.row("SELECT * FROM snapshots WHERE order_id = ?", [order_id])
        if row is None:
            return None
        return AccountSnapshot(
            frozenset(json.loads(row["known"])),
            money(row, "balance"),
            money(row, "expected"),
            from_timestamp(row["taken_at"]),
        )

    def spent_since(self, vendor: str, taken_at: datetime) -> list[Money]:
        """What our other orders cost that this vendor was sent after that moment.

        A refused order may have left a number at the vendor, and cost nothing.
        """
        sql = """
            SELECT expected_debit_amount, expected_debit_currency FROM orders
            JOIN snapshots ON snapshots.order_id = orders.id
            WHERE vendor = ? AND taken_at > ? AND vendor_order_id IS NOT NULL AND state <> ?
        """
        rows = self._db.rows(sql, [vendor, to_timestamp(taken_at), OrderState.REFUSED.value])
        return [money(row, "expected_debit") for row in rows]

    def oldest_of(self, vendor: str) -> datetime | None:
        """When the account was looked at for the purchase with this vendor that is not over yet."""
        states = [state.value for state in MAYBE_SPENT]
        sql = f"""
            SELECT min(taken_at) FROM snapshots JOIN orders ON orders.id = order_id
            WHERE vendor = ? AND state IN ({marks(states)})
        """
        return from_timestamp_or_none(self._db.value(sql, [vendor, *states]))
