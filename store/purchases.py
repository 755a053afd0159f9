"""Orders as a vendor's account has them, whichever workspace they are for."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.domain.lifecycle import MAYBE_SPENT, OrderState
from bot.domain.orders import Order, OrderId
from store.columns import to_timestamp
from store.database import Database, marks
from store.order_rows import order_from_row


class Purchases:
    def __init__(self, database: Database) -> None:
        self._db = database

    def in_flight(self, vendor: str, besides: OrderId | None = None) -> Order | None:
        """A purchase that may be reaching the vendor, or of which nobody knows what became."""
        states = [state.value for state in MAYBE_SPENT]
        where = f"id <> ? AND state IN ({marks(states)}) ORDER BY id"
        return self._first(vendor, where, [besides or 0, *states])

    def moved_since(self, vendor: str, at: datetime) -> bool:
        """Whether an order changed its state at that time or later."""
        return self._first(vendor, "state_since >= ?", [to_timestamp(at)]) is not None

    def by_vendor_order_id(self, vendor: str, vendor_order_id: str) -> Order | None:
        """By the vendor's number."""
        return self._first(vendor, "vendor_order_id = ?", [vendor_order_id])

    def latest_with_vendor_order_id(self, vendor: str) -> Order | None:
        """Our latest order of which we know the vendor's number."""
        return self._first(vendor, "vendor_order_id IS NOT NULL ORDER BY id DESC")

    def vendor_order_ids(self, vendor: str, state: OrderState | None = None) -> set[str]:
        """The vendor's numbers of every order of ours that has one; in a state where it is given."""
        sql = """
            SELECT vendor_order_id FROM orders
            WHERE vendor = ? AND vendor_order_id IS NOT NULL AND state = coalesce(?, state)
        """
        return {number for (number,) in self._db.iter_tuples(sql, [vendor, state and state.value])}

    def first_requested_at(self, vendor: str) -> datetime | None:
        """When the oldest order was asked for; None while there is none."""
        oldest = self._first(vendor, "id > 0 ORDER BY id")
        return oldest.requested_at if oldest else None

    def in_states(self, states: Iterable[OrderState], *, vendor: str | None, limit: int) -> list[Order]:
        """Oldest first; with any vendor where None is given."""
        chosen = [state.value for state in states]
        where = f"vendor = coalesce(?, vendor) AND state IN ({marks(chosen)}) ORDER BY id LIMIT ?"
        return self._some(where, [vendor, *chosen, limit])

    def all_with(self, vendor: str) -> list[Order]:
        """Every one there ever was with this vendor, oldest first."""
        return self._some("vendor = ? ORDER BY id", [vendor])

    def _first(self, vendor: str, where: str, parameters: Sequence[Any] = ()) -> Order | None:
        return next(iter(self._some(f"vendor = ? AND {where} LIMIT 1", [vendor, *parameters])), None)

    def _some(self, where: str, parameters: Sequence[Any]) -> list[Order]:
        return [
            order_from_row(row) for row in self._db.rows(f"SELECT * FROM orders WHERE {where}", parameters)
        ]
