"""Refunds, and which orders wait for one."""

from sqlite_utils import Database

from store.migrations.columns import LEASE, money, never_replaced


def m013_refunds(db: Database) -> None:
    db.executescript(f"""
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
    """)
    never_replaced(
        db, "refunds", "id = NEW.id", repeated="(vendor, transaction_id) = (NEW.vendor, NEW.transaction_id)"
    )


STEPS = (m013_refunds,)
