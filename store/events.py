"""Vendor events as they came in: each once, its body sealed, until they are too old to come again."""

from datetime import datetime, timedelta

from bot.domain.events import Subject, VendorEvent
from bot.domain.orders import Order, OrderId
from store.columns import Row, to_timestamp
from store.database import Database
from store.keyring import Keyring
from store.leases import Due, Leases
from store.scope import Scope


class Events:
    def __init__(self, database: Database, scope: Scope, keys: Keyring) -> None:
        self._db, self._scope, self._keys = database, scope, keys
        self._leases = Leases(database, "vendor_events")

    def add(self, event: VendorEvent) -> bool:
        """Keep it; False, and nothing written, for one that is kept already."""
        row: Row = {
            "vendor": event.vendor,
            "vendor_account": self._scope.account(event.vendor),
            "event_id": event.event_id,
            "kind": event.kind,
            "subject": event.subject.value,
            "vendor_order_id": event.vendor_order_id,
            "client_reference": event.client_reference,
            "wallet_id": event.wallet_id,
            "body": self._sealed(event.body),
            "received_at": to_timestamp(self._db.now()),
        }
        return self._db.insert_once("vendor_events", row, unless=("vendor", "event_id")) is not None

    def unhandled(
        self, vendor: str | None = None, subject: Subject | None = None, limit: int = 1000
    ) -> list[VendorEvent]:
        """Oldest first; of one vendor, or about one thing, where that is given."""
        sql = """
            SELECT * FROM vendor_events WHERE handled_at IS NULL
            AND vendor = coalesce(?, vendor) AND subject = coalesce(?, subject) ORDER BY id LIMIT ?
        """
        return [self._event(row) for row in self._db.rows(sql, [vendor, subject, limit])]

    def order_id_of(self, event: VendorEvent) -> OrderId | None:
        """The order it is about: by the vendor's number, else by our reference."""
        sql = """
            SELECT id FROM orders WHERE vendor = ?
            AND (vendor_order_id = ? OR lower(client_reference) = lower(?))
            ORDER BY CASE WHEN vendor_order_id = ? THEN 0 ELSE 1 END LIMIT 1
        """
        number = event.vendor_order_id
        value = self._db.value(sql, [event.vendor, number, event.client_reference, number])
        return None if value is None else OrderId(value)

    def due(self, vendor: str, now: datetime) -> list[VendorEvent]:
        """The vendor's oldest that was not acted on, unless a worker is at it: they are acted on in turn."""
        return [self._event(row) for row in self._leases.due(_next_of(vendor), now, 1)]

    def claim(self, owner: str, now: datetime, lease_for: timedelta, *, vendor: str) -> list[VendorEvent]:
        """Take that one, so that nobody else acts on it or on a later one."""
        rows = self._leases.claim(_next_of(vendor), owner, now, lease_for, 1)
        return [self._event(row, fence=row["fence"]) for row in rows]

    def renew(self, event: VendorEvent, until: datetime) -> bool:
        """False when somebody else has claimed it meanwhile."""
        return self._leases.renew(self._id(event), event.fence, until)

    def release(self, event: VendorEvent) -> None:
        self._leases.release(self._id(event), event.fence)

    def handled(self, event: VendorEvent) -> None:
        """Raises LeaseLost."""
        self._leases.update(self._id(event), {"handled_at": to_timestamp(self._db.now())}, fence=event.fence)

    def has_event_for(self, order: Order, since: datetime) -> bool:
        """True when an event named this order at `since` or later."""
        sql = """
            SELECT 1 FROM vendor_events WHERE received_at >= ? AND vendor = ?
            AND (vendor_order_id = ? OR lower(client_reference) = lower(?)) LIMIT 1
        """
        parameters = [to_timestamp(since), order.terms.vendor, order.vendor_order_id, order.client_reference]
        return self._db.row(sql, parameters) is not None

    def prune(self, before: datetime) -> int:
        """Forget handled events that came earlier; how many."""
        sql = "DELETE FROM vendor_events WHERE received_at < ? AND handled_at IS NOT NULL"
        return self._db.write(sql, [to_timestamp(before)])

    def rotate(self) -> None:
        """Seal every body with the newest key."""
        for row in self._db.rows("SELECT id, body FROM vendor_events"):
            self._db.update("vendor_events", row["id"], {"body": self._sealed(self._opened(row["body"]))})

    def _id(self, event: VendorEvent) -> int:
        sql = "SELECT id FROM vendor_events WHERE vendor = ? AND event_id = ?"
        return int(self._db.value(sql, [event.vendor, event.event_id]))

    def _sealed(self, body: bytes) -> bytes:
        # The vendor says that no codes are in it. Should one ever be, it does not lie readable.
        return self._keys.seal(body.decode("latin-1")).encode()

    def _opened(self, sealed: bytes) -> bytes:
        """Raises BadKey. Empty for events from before bodies were sealed."""
        return self._keys.open(sealed.decode()).encode("latin-1") if sealed else b""

    def _event(self, row: Row, *, fence: int | None = None) -> VendorEvent:
        return VendorEvent(
            fence=fence,
            vendor=row["vendor"],
            event_id=row["event_id"],
            kind=row["kind"],
            subject=Subject(row["subject"]),
            body=self._opened(row["body"]),
            vendor_order_id=row["vendor_order_id"],
            client_reference=row["client_reference"],
            wallet_id=row["wallet_id"],
        )


def _next_of(vendor: str) -> Due:
    where = "this.id = (SELECT min(id) FROM vendor_events WHERE vendor = ? AND handled_at IS NULL)"
    return Due(where, [vendor], ("id",))
