"""What is looked at again after an order was delivered."""

from sqlite_utils import Database

from store.migrations.columns import LEASE


def m015_follow_ups(db: Database) -> None:
    db.executescript(f"""
        CREATE TABLE follow_ups (
            order_id INTEGER PRIMARY KEY REFERENCES orders (id),
            status TEXT,
            since TEXT NOT NULL,
            next_at TEXT,
            {LEASE}
        ) STRICT;
        CREATE INDEX follow_ups_by_due ON follow_ups (next_at) WHERE next_at IS NOT NULL;
    """)


STEPS = (m015_follow_ups,)
