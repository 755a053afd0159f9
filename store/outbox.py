"""Messages to send: written in the transaction that causes them, sent by a worker later."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.orders import OrderId
from bot.domain.people import PersonId
from store.columns import (
    JSON,
    Row,
    canonical_json,
    from_timestamp,
    from_timestamp_or_none,
    person,
    person_columns,
    to_timestamp,
    to_timestamp_or_none,
    without_secrets,
)
from store.database import Database
from store.leases import Due, Leases
from store.scope import Scope

_PENDING = "outcome IS NULL"


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """One message on its way. `attempts` counts the failed ones so far."""

    id: int
    kind: str
    person: PersonId | None
    order_id: OrderId | None
    payload: Mapping[str, JSON]
    key: str | None
    created_at: datetime
    expires_at: datetime | None
    next_at: datetime
    attempts: int
    fence: int | None = field(default=None, compare=False)  # of the claim a worker has it under


class Outbox:
    def __init__(self, database: Database, scope: Scope) -> None:
        self._db, self._workspace = database, scope.workspace
        self._leases = Leases(database, "outbox")

    def put(
        self,
        *,
        kind: str,
        person: PersonId | None = None,
        order_id: OrderId | None = None,
        payload: Mapping[str, JSON] | None = None,
        key: str | None = None,
        expires_at: datetime | None = None,
    ) -> int:
        """Add a message, due at once; its id. The same `key` again changes nothing and gives the first id."""
        now = to_timestamp(self._db.now())
        row: Row = {
            "workspace": self._workspace,
            "kind": kind,
            **person_columns("person", person),
            "order_id": order_id,
            "payload": canonical_json(without_secrets(payload or {})),
            "key": key,
            "created_at": now,
            "expires_at": to_timestamp_or_none(expires_at),
            "next_at": now,
        }
        if added := self._db.insert_once("outbox", row, unless=("workspace", "key")):
            return int(added["id"])
        return int(
            self._db.value("SELECT id FROM outbox WHERE workspace = ? AND key = ?", [self._workspace, key])
        )

    def due(self, now: datetime, limit: int = 20) -> list[OutboxMessage]:
        """What to deal with now, what is past `expires_at` included: giving that up is on record too.

        Per order and destination only the oldest unsent message is ever due.
        """
        return [_outbox_message(row) for row in self._leases.due(self._due(now), now, limit)]

    def claim(self, owner: str, now: datetime, lease_for: timedelta, limit: int) -> list[OutboxMessage]:
        """Take what is due, so that nobody else sends it."""
        rows = self._leases.claim(self._due(now), owner, now, lease_for, limit)
        return [_outbox_message(row, fence=row["fence"]) for row in rows]

    def renew(self, message: OutboxMessage, until: datetime) -> bool:
        """False when somebody else has claimed it meanwhile."""
        return self._leases.renew(message.id, message.fence, until)

    def release(self, message: OutboxMessage) -> None:
        self._leases.release(message.id, message.fence)

    def bring_forward(self, now: datetime) -> int:
        """Make due at `now` what would be sent later; how many."""
        sql = f"UPDATE outbox SET next_at = ? WHERE workspace = ? AND {_PENDING} AND next_at > ?"
        return self._db.write(sql, [to_timestamp(now), self._workspace, to_timestamp(now)])

    def sent(
        self, row_id: int, result: Mapping[str, JSON] | None = None, *, fence: int | None = None
    ) -> None:
        """Raises LeaseLost, as the others do that take a `fence`."""
        row: Row = {"outcome": "sent", "result": canonical_json(without_secrets(result or {}))}
        self._leases.update(row_id, row, fence=fence)

    def failed(self, row_id: int, why: str, next_at: datetime, *, fence: int | None = None) -> None:
        """Not sent this time; due again at `next_at`."""
        self._leases.update(row_id, {"why": why, "next_at": to_timestamp(next_at)}, fence=fence)
        self._db.write("UPDATE outbox SET attempts = attempts + 1 WHERE id = ?", [row_id])

    def given_up(self, row_id: int, why: str, *, fence: int | None = None) -> None:
        self._leases.update(row_id, {"outcome": "given_up", "why": why}, fence=fence)

    def _due(self, now: datetime) -> Due:
        where = f"""
            this.workspace = ? AND this.{_PENDING} AND this.next_at <= ? AND NOT EXISTS (
                SELECT 1 FROM outbox AS earlier WHERE earlier.{_PENDING} AND earlier.id < this.id
                AND earlier.order_id = this.order_id AND earlier.destination = this.destination)
        """
        return Due(where, [self._workspace, to_timestamp(now)], ("next_at", "id"))


def _outbox_message(row: Row, *, fence: int | None = None) -> OutboxMessage:
    return OutboxMessage(
        fence=fence,
        id=row["id"],
        kind=row["kind"],
        person=person(row, "person") if row["person_user"] else None,
        order_id=row["order_id"],
        payload=json.loads(row["payload"]),
        key=row["key"],
        created_at=from_timestamp(row["created_at"]),
        expires_at=from_timestamp_or_none(row["expires_at"]),
        next_at=from_timestamp(row["next_at"]),
        attempts=row["attempts"],
    )
