"""What vendors tell unasked."""

from sqlite_utils import Database

from store.migrations.columns import LEASE


def m012_vendor_events(db: Database) -> None:
    db.executescript(f"""
        CREATE TABLE vendor_events (
            id INTEGER PRIMARY KEY,
            vendor TEXT NOT NULL,
            vendor_account TEXT,
            event_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL CHECK (subject IN ('order', 'wallet', 'other')),
            vendor_order_id TEXT,
            client_reference TEXT,
            wallet_id TEXT,
            body BLOB NOT NULL,
            received_at TEXT NOT NULL,
            handled_at TEXT,
            {LEASE},
            UNIQUE (vendor, event_id)
        ) STRICT;
        CREATE INDEX vendor_events_unhandled ON vendor_events (id) WHERE handled_at IS NULL;
        CREATE INDEX vendor_events_by_age ON vendor_events (received_at);
    """)


STEPS = (m012_vendor_events,)
