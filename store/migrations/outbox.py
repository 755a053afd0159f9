"""Messages to send."""

from sqlite_utils import Database

from store.migrations.columns import LEASE


def m004_outbox(db: Database) -> None:
    db.executescript(f"""
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY,
            workspace TEXT NOT NULL,
            kind TEXT NOT NULL,
            person_team TEXT,
            person_user TEXT,
            order_id INTEGER REFERENCES orders (id),
            payload TEXT NOT NULL,
            key TEXT,
            created_at TEXT NOT NULL,
            expires_at TEXT,
            next_at TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            outcome TEXT CHECK (outcome IN ('sent', 'given_up')),
            result TEXT,
            why TEXT,
            destination TEXT GENERATED ALWAYS AS
                (coalesce(person_team || '/' || person_user, '')) VIRTUAL,
            {LEASE},
            UNIQUE (workspace, key)
        ) STRICT;
        CREATE INDEX outbox_pending ON outbox (workspace, next_at, id) WHERE outcome IS NULL;
        CREATE INDEX outbox_pending_by_order ON outbox (order_id, destination, id) WHERE outcome IS NULL;
    """)


STEPS = (m004_outbox,)
