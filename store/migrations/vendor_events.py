"""What vendors tell unasked, refunds, and balances."""

from sqlite_utils import Database

from store.migrations.columns import LEASE, money, never_replaced


def m007_events_refunds_and_balances(db: Database) -> None:
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

        CREATE TABLE refund_watches (
            order_id INTEGER PRIMARY KEY REFERENCES orders (id),
            since TEXT NOT NULL,
            next_at TEXT,
            ended TEXT CHECK (ended IN ('found', 'missing', 'not_needed')),
            {LEASE},
            CHECK ((next_at IS NULL) = (ended IS NOT NULL))
        ) STRICT;
        CREATE INDEX refund_watches_by_due ON refund_watches (next_at) WHERE ended IS NULL;
        CREATE TABLE refunds (
            id INTEGER PRIMARY KEY,
            order_id INTEGER NOT NULL REFERENCES orders (id),
            vendor TEXT NOT NULL,
            vendor_account TEXT,
            transaction_id TEXT NOT NULL,
            {money("refund")},
            refunded_at TEXT NOT NULL,
            UNIQUE (vendor, transaction_id)
        ) STRICT;
        CREATE INDEX refunds_by_order ON refunds (order_id);
        CREATE TRIGGER refunds_stay BEFORE DELETE ON refunds
            BEGIN SELECT RAISE(ABORT, 'refunds are never deleted'); END;


        CREATE TABLE balances (
            vendor TEXT NOT NULL,
            vendor_account TEXT,
            wallet_id TEXT NOT NULL,
            position INTEGER NOT NULL,
            {money("balance")},
            kind TEXT NOT NULL,
            read_at TEXT NOT NULL,
            UNIQUE (vendor, wallet_id)
        ) STRICT;
    """)
    never_replaced(
        db, "refunds", "id = NEW.id", repeated="(vendor, transaction_id) = (NEW.vendor, NEW.transaction_id)"
    )


STEPS = (m007_events_refunds_and_balances,)
