"""The audit log: one row for everything somebody did, chained by hashes so that changes show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.audit_actions import AuditAction
from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order, OrderId
from bot.domain.people import Actor, Component, PersonId
from store.audit_chain import COLUMNS, row_hash
from store.columns import JSON, Row, canonical_json, from_timestamp, person, to_timestamp, without_secrets
from store.database import Database
from store.scope import Scope


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row, as `docs/auditing.md` describes it. `details` is canonical JSON text."""

    seq: int
    at: datetime
    actor: Actor
    action: str
    order_id: OrderId | None
    client_reference: str | None
    before: OrderState | None
    after: OrderState | None
    details: str
    prev_hash: str
    hash: str


class Audit:
    def __init__(self, database: Database, scope: Scope) -> None:
        self._db, self._workspace = database, scope.workspace

    def write(
        self,
        *,
        actor: Actor,
        action: AuditAction,
        order: Order | None = None,
        before: OrderState | None = None,
        after: OrderState | None = None,
        details: Mapping[str, JSON] | None = None,
    ) -> AuditRow:
        """Append one row. Raises SecretInPlainText when a key of `details` names a secret."""
        seq, prev_hash = self._lock_head()
        who = actor if isinstance(actor, PersonId) else None
        values: list[Any] = [
            seq,
            to_timestamp(self._db.now()),
            self._workspace or None,
            who and who.team_id,
            who and who.user_id,
            actor.name if isinstance(actor, Component) else None,
            action,
            order and order.id,
            order and order.client_reference,
            before and before.value,
            after and after.value,
            canonical_json(without_secrets(details or {})),
            prev_hash,
        ]
        row: Row = dict(zip(COLUMNS, [*values, row_hash(values)], strict=True))
        self._db.insert_all("audit", [row])
        self._db.write("UPDATE audit_head SET hash = ?", [row["hash"]])
        return _audit_row(row)

    def rows(
        self, order_id: OrderId | None = None, after_seq: int = 0, limit: int | None = None
    ) -> Iterator[AuditRow]:
        """Rows in order, read as they are asked for."""
        sql, chosen = "SELECT * FROM audit WHERE seq > ?", [after_seq]
        if order_id is not None:
            sql, chosen = f"{sql} AND order_id = ?", [*chosen, order_id]
        sql += " ORDER BY seq"
        if limit is not None:
            sql, chosen = f"{sql} LIMIT ?", [*chosen, limit]
        return map(_audit_row, self._db.iter_rows(sql, chosen))

    def head(self) -> tuple[int, str]:
        """Number and hash of the last row: the two values to note outside. (0, 64 zeros) when empty."""
        (head,) = self._db.rows("SELECT seq, hash FROM audit_head")
        return head["seq"], head["hash"]

    def _lock_head(self) -> tuple[int, str]:
        """The next number, and the hash to continue. Until the commit nobody else gets the same."""
        (head,) = self._db.write_rows("UPDATE audit_head SET seq = seq + 1 RETURNING seq, hash")
        return head["seq"], head["hash"]


def _audit_row(row: Row) -> AuditRow:
    return AuditRow(
        seq=row["seq"],
        at=from_timestamp(row["at"]),
        actor=person(row, "actor") if row["actor_user"] else Component(row["actor_component"]),
        action=row["action"],
        order_id=row["order_id"],
        client_reference=row["client_reference"],
        before=row["state_before"] and OrderState(row["state_before"]),
        after=row["state_after"] and OrderState(row["state_after"]),
        details=row["details"],
        prev_hash=row["prev_hash"],
        hash=row["hash"],
    )
