"""Vendor events as they came in: each once, its body sealed, until they are too old to come again."""

from datetime import datetime

from bot.domain.events import Subject, VendorEvent
from bot.domain.orders import Order, OrderId
from store.columns import Row, stamp
from store.database import Database
from store.keyring import Keyring


class Events:
    def __init__(self, database: Database, keys: Keyring) -> None:
        self._db = database
        self._keys = keys

    def add(self, event: VendorEvent) -> bool:
        """Keep it; False, and nothing written, for one that is kept already."""
        sql = "SELECT 1 FROM vendor_events WHERE provider = ? AND event_id = ?"
        if self._db.row(sql, [event.provider, event.event_id]):
            return False
        row: Row = {
            "provider": event.provider,
            "event_id": event.event_id,
            "kind": event.kind,
            "subject": event.subject.value,
            "provider_order_id": event.provider_order_id,
            "client_reference": event.client_reference,
            "wallet_id": event.wallet_id,
            "body": self._sealed(event.body),
            "received_at": stamp(self._db.now()),
        }
        self._db.insert("vendor_events", row)
        return True

    def unhandled(
        self, provider: str | None = None, subject: Subject | None = None, limit: int = 1000
    ) -> list[VendorEvent]:
        """Oldest first; of one vendor, or about one thing, where that is given."""
        sql = """
            SELECT * FROM vendor_events WHERE handled_at IS NULL
            AND provider = coalesce(?, provider) AND subject = coalesce(?, subject) ORDER BY id LIMIT ?
        """
        return [self._event(row) for row in self._db.rows(sql, [provider, subject, limit])]

    def order_id_of(self, event: VendorEvent) -> OrderId | None:
        """The order it is about: by the vendor's number, else by our reference."""
        sql = """
            SELECT id FROM orders WHERE provider = :provider
            AND (provider_order_id = :number OR client_reference = :reference)
            ORDER BY provider_order_id IS :number DESC LIMIT 1
        """
        value = self._db.value(
            sql,
            {
                "provider": event.provider,
                "number": event.provider_order_id,
                "reference": event.client_reference,
            },
        )
        return None if value is None else OrderId(value)

    def handled(self, event: VendorEvent) -> None:
        self._db.write(
            "UPDATE vendor_events SET handled_at = ? WHERE provider = ? AND event_id = ?",
            [stamp(self._db.now()), event.provider, event.event_id],
        )

    def came_about(self, order: Order, since: datetime) -> bool:
        """True when an event named this order at `since` or later."""
        sql = """
            SELECT 1 FROM vendor_events WHERE received_at >= ? AND provider = ?
            AND (provider_order_id = ? OR client_reference = ? COLLATE NOCASE) LIMIT 1
        """
        parameters = [stamp(since), order.terms.provider, order.provider_order_id, order.client_reference]
        return self._db.row(sql, parameters) is not None

    def prune(self, before: datetime) -> int:
        """Forget handled events that came earlier; how many."""
        sql = "DELETE FROM vendor_events WHERE received_at < ? AND handled_at IS NOT NULL"
        return self._db.write(sql, [stamp(before)])

    def rotate(self) -> None:
        """Seal every body with the newest key."""
        for row in self._db.rows("SELECT id, body FROM vendor_events"):
            self._db.table("vendor_events").update(
                row["id"], {"body": self._sealed(self._opened(row["body"]))}
            )

    def _sealed(self, body: bytes) -> bytes:
        # The vendor says that no codes are in it. Should one ever be, it does not lie readable.
        return self._keys.seal(body.decode("latin-1")).encode()

    def _opened(self, sealed: bytes) -> bytes:
        """Raises BadKey. Empty for events from before bodies were sealed."""
        return self._keys.open(sealed.decode()).encode("latin-1") if sealed else b""

    def _event(self, row: Row) -> VendorEvent:
        return VendorEvent(
            provider=row["provider"],
            event_id=row["event_id"],
            kind=row["kind"],
            subject=Subject(row["subject"]),
            body=self._opened(row["body"]),
            provider_order_id=row["provider_order_id"],
            client_reference=row["client_reference"],
            wallet_id=row["wallet_id"],
        )
