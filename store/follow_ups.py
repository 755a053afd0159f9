"""Orders that are looked at again after their delivery, and what was seen of them last."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.orders import OrderId
from store.columns import Row, from_timestamp, from_timestamp_or_none, to_timestamp, to_timestamp_or_none
from store.database import Database
from store.leases import Due, Leases


@dataclass(frozen=True, slots=True)
class FollowUp:
    """`status` is the kind's own word; None until it was looked at. `next_at` None: it is over."""

    order_id: OrderId
    status: str | None
    since: datetime
    next_at: datetime | None
    fence: int | None = field(default=None, compare=False)  # of the claim a worker has it under


class FollowUps:
    def __init__(self, database: Database) -> None:
        self._db = database
        self._leases = Leases(database, "follow_ups", key="order_id")

    def start(self, order_id: OrderId, now: datetime) -> None:
        row: Row = {"order_id": order_id, "since": to_timestamp(now), "next_at": to_timestamp(now)}
        self._db.insert_once("follow_ups", row, unless=("order_id",))

    def record(
        self, order_id: OrderId, status: str | None, next_at: datetime | None, *, fence: int | None = None
    ) -> None:
        """What was seen, and when to look again. Raises LeaseLost."""
        row: Row = {"status": status, "next_at": to_timestamp_or_none(next_at)}
        self._leases.update(order_id, row, fence=fence)

    def of_order(self, order_id: OrderId) -> FollowUp | None:
        row = self._db.row("SELECT * FROM follow_ups WHERE order_id = ?", [order_id])
        return None if row is None else _follow_up(row)

    def due(self, now: datetime, limit: int = 20, *, vendor: str | None = None) -> list[FollowUp]:
        """Of one vendor's orders where it is given; none that a worker is looking at."""
        return [_follow_up(row) for row in self._leases.due(_due(now, vendor), now, limit)]

    def claim(
        self, owner: str, now: datetime, lease_for: timedelta, limit: int, *, vendor: str | None = None
    ) -> list[FollowUp]:
        """Take what is due, so that nobody else looks at it at the same time."""
        rows = self._leases.claim(_due(now, vendor), owner, now, lease_for, limit)
        return [_follow_up(row, fence=row["fence"]) for row in rows]

    def renew(self, follow_up: FollowUp, until: datetime) -> bool:
        """False when somebody else has claimed it meanwhile."""
        return self._leases.renew(follow_up.order_id, follow_up.fence, until)

    def release(self, follow_up: FollowUp) -> None:
        self._leases.release(follow_up.order_id, follow_up.fence)


def _due(now: datetime, vendor: str | None) -> Due:
    where = "this.next_at <= ? AND order_id IN (SELECT id FROM orders WHERE vendor = coalesce(?, vendor))"
    return Due(where, [to_timestamp(now), vendor], ("next_at", "order_id"))


def _follow_up(row: Row, *, fence: int | None = None) -> FollowUp:
    return FollowUp(
        order_id=OrderId(row["order_id"]),
        status=row["status"],
        since=from_timestamp(row["since"]),
        next_at=from_timestamp_or_none(row["next_at"]),
        fence=fence,
    )
