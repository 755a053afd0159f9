"""Approvers' proposals to close an order, never changed afterwards. The newest is the one that counts."""

from bot.domain.lifecycle import OrderState
from bot.domain.orders import OrderId
from bot.domain.people import PersonId
from bot.domain.resolutions import Resolution
from store.columns import Row, from_timestamp, person, person_columns, to_timestamp
from store.database import Database


class Resolutions:
    def __init__(self, database: Database) -> None:
        self._db = database

    def propose(
        self,
        order_id: OrderId,
        outcome: OrderState,
        note: str,
        proposer: PersonId,
        vendor_order_id: str | None = None,
    ) -> Resolution:
        row: Row = {
            "order_id": order_id,
            "vendor_order_id": vendor_order_id,
            "outcome": outcome.value,
            "note": note,
            **person_columns("proposer", proposer),
            "proposed_at": to_timestamp(self._db.now()),
        }
        return _resolution(row | {"id": self._db.insert("resolutions", row)})

    def latest(self, order_id: OrderId) -> Resolution | None:
        row = self._db.row(
            "SELECT * FROM resolutions WHERE order_id = ? ORDER BY id DESC LIMIT 1", [order_id]
        )
        return None if row is None else _resolution(row)


def _resolution(row: Row) -> Resolution:
    return Resolution(
        id=row["id"],
        order_id=OrderId(row["order_id"]),
        outcome=OrderState(row["outcome"]),
        note=row["note"],
        proposer=person(row, "proposer"),
        proposed_at=from_timestamp(row["proposed_at"]),
        vendor_order_id=row["vendor_order_id"],
    )
