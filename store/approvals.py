"""Approvers' decisions: each person once per exact terms, never changed afterwards."""

from bot.domain.orders import Approval, Order, OrderId
from store.columns import Row, from_timestamp, person, person_columns, to_timestamp
from store.database import Database
from store.errors import AlreadyDecided


class Approvals:
    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, order_id: OrderId, approval: Approval) -> None:
        """Raises AlreadyDecided when this person decided on these very terms before."""
        row: Row = {
            "order_id": order_id,
            "digest": approval.digest,
            **person_columns("approver", approval.approver),
            "approved": int(approval.approved),
            "reason": approval.reason,
            "decided_at": to_timestamp(approval.decided_at),
        }
        once = ("order_id", "digest", "approver_team", "approver_user")
        if self._db.insert_once("approvals", row, unless=once) is None:
            raise AlreadyDecided(f"{approval.approver} already decided on order {order_id}")

    def of_order(self, order_id: OrderId) -> list[Approval]:
        """In the order they came in, those for earlier terms included."""
        rows = self._db.rows("SELECT * FROM approvals WHERE order_id = ? ORDER BY id", [order_id])
        return [_approval(row) for row in rows]

    def valid(self, order: Order) -> list[Approval]:
        """The approvals that are for exactly what this order is now."""
        return [a for a in self.of_order(order.id) if a.approved and a.digest == order.digest]


def _approval(row: Row) -> Approval:
    return Approval(
        approver=person(row, "approver"),
        approved=bool(row["approved"]),
        digest=row["digest"],
        decided_at=from_timestamp(row["decided_at"]),
        reason=row["reason"],
    )
