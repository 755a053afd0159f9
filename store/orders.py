"""A workspace's orders on disk."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Unpack

from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order, OrderId
from bot.domain.people import PersonId
from store.columns import to_timestamp
from store.database import Database, marks
from store.errors import AlreadyRequested, NoSuchOrder, StaleState
from store.leases import Due, Leases
from store.order_rows import NewOrder, OrderChanges, changed_columns, new_row, order_from_row
from store.scope import Scope


class Orders:
    def __init__(self, database: Database, scope: Scope) -> None:
        self._db, self._scope = database, scope
        self._leases = Leases(database, "orders")

    def insert(self, draft: NewOrder, state: OrderState, *, request_key: str) -> Order:
        """Put a new order on disk. Raises AlreadyRequested when `request_key` was used before."""
        new = new_row(draft, request_key, state, self._scope)
        row = self._db.insert_once("orders", new, unless=("workspace", "request_key"))
        if row is None:
            existing = self.by_request_key(request_key)
            assert existing is not None
            raise AlreadyRequested(existing)
        return order_from_row(row)

    def update(self, order: Order, to: OrderState, **changes: Unpack[OrderChanges]) -> Order:
        """Bring the order from the state in which the caller saw it into `to`, and change some of its facts.

        Raises StaleState, with the order as it is now, when it has been in another state since, or when
        somebody else has claimed it.
        """
        row = changed_columns(changes) | {"state": to.value}
        if to is not order.state:
            row |= {"state_since": to_timestamp(self._db.now()), "version": order.version + 1}
        columns = ", ".join(f"{name} = ?" for name in row)
        updated = self._db.write_rows(
            f"UPDATE orders SET {columns}"
            " WHERE id = ? AND state = ? AND version = ? AND fence = coalesce(?, fence) RETURNING *",
            [*row.values(), order.id, order.state.value, order.version, order.fence],
        )
        if not updated:
            raise StaleState(self.get(order.id))
        return order_from_row(updated[0], fence=order.fence)

    def set_card(self, order_id: OrderId, card_ref: str | None) -> None:
        """Where its card is, which says nothing about the order itself: nobody has to have seen it."""
        self._db.update("orders", order_id, {"card_ref": card_ref})

    def record_codes_shown(self, order_id: OrderId) -> None:
        """Its requester was just shown codes of it."""
        self._db.update("orders", order_id, {"codes_shown_at": to_timestamp(self._db.now())})

    def get(self, order_id: OrderId) -> Order:
        """Raises NoSuchOrder."""
        order = self._one("id = ?", order_id)
        if order is None:
            raise NoSuchOrder(f"there is no order {order_id}")
        return order

    def by_reference(self, client_reference: str) -> Order | None:
        """Upper or lower case alike."""
        return self._one("lower(client_reference) = lower(?)", client_reference.strip())

    def by_request_key(self, request_key: str) -> Order | None:
        return self._one("request_key = ?", request_key)

    def children_of(self, parent_id: OrderId) -> list[Order]:
        """The orders it is bought as, in their order; none for one that is bought at once."""
        return self._mine("parent_id = ? ORDER BY id", [parent_id])

    def of_requester(self, requester: PersonId, limit: int = 20) -> list[Order]:
        """What this person asked for, newest first; parts are not asked for."""
        return self._mine(
            "requester_team = ? AND requester_user = ? AND parent_id IS NULL ORDER BY id DESC LIMIT ?",
            [requester.team_id, requester.user_id, limit],
        )

    def in_states(self, states: Iterable[OrderState], limit: int = 50) -> list[Order]:
        """Oldest first."""
        chosen = _values(states)
        return self._mine(f"state IN ({marks(chosen)}) ORDER BY id LIMIT ?", [*chosen, limit])

    def all(self) -> list[Order]:
        """Every order there ever was, oldest first."""
        return self._mine("id > 0 ORDER BY id", [])

    def escalations_due(self, now: datetime, limit: int = 20) -> list[Order]:
        """Orders that have been where they are for so long that the channel is told, longest first."""
        return self._mine("escalate_at <= ? ORDER BY escalate_at, id LIMIT ?", [to_timestamp(now), limit])

    def due(
        self, states: Iterable[OrderState], now: datetime, limit: int = 20, *, vendor: str | None = None
    ) -> list[Order]:
        """Orders in these states, of one vendor where it is given, that a worker should look at by now.

        The longest overdue first, and none that a worker is looking at.
        """
        return [order_from_row(row) for row in self._leases.due(self._due(states, now, vendor), now, limit)]

    def claim(
        self,
        owner: str,
        now: datetime,
        lease_for: timedelta,
        limit: int,
        *,
        states: Iterable[OrderState],
        vendor: str | None = None,
    ) -> list[Order]:
        """Take what is due, so that nobody else does."""
        rows = self._leases.claim(self._due(states, now, vendor), owner, now, lease_for, limit)
        return [order_from_row(row, fence=row["fence"]) for row in rows]

    def renew(self, order: Order, until: datetime) -> bool:
        """False when somebody else has claimed it meanwhile."""
        return self._leases.renew(order.id, order.fence, until)

    def release(self, order: Order) -> None:
        self._leases.release(order.id, order.fence)

    def bring_forward(self, states: Iterable[OrderState], now: datetime) -> int:
        """Make due at `now` what would be looked at later; how many."""
        chosen = _values(states)
        where = f"workspace = ? AND state IN ({marks(chosen)}) AND next_at > ?"
        parameters = [to_timestamp(now), self._scope.workspace, *chosen, to_timestamp(now)]
        return self._db.write(f"UPDATE orders SET next_at = ? WHERE {where}", parameters)

    def _due(self, states: Iterable[OrderState], now: datetime, vendor: str | None) -> Due:
        chosen = _values(states)
        where = f"state IN ({marks(chosen)}) AND next_at <= ? AND vendor = coalesce(?, vendor)"
        parameters = [self._scope.workspace, *chosen, to_timestamp(now), vendor]
        return Due(f"workspace = ? AND {where}", parameters, ("next_at", "id"))

    def _one(self, where: str, value: int | str) -> Order | None:
        return next(iter(self._mine(where, [value])), None)

    def _mine(self, where: str, parameters: Sequence[Any]) -> list[Order]:
        sql = f"SELECT * FROM orders WHERE workspace = ? AND {where}"
        return [order_from_row(row) for row in self._db.rows(sql, [self._scope.workspace, *parameters])]


def _values(states: Iterable[OrderState]) -> list[str]:
    return [state.value for state in states]
