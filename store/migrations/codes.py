"""Sealed codes and other deliverables."""

from sqlite_utils import Database

from store.migrations.columns import never_replaced


def m006_codes(db: Database) -> None:
    db.executescript("""
        CREATE TABLE deliverables (
            id INTEGER PRIMARY KEY,
            order_id INTEGER NOT NULL REFERENCES orders (id),
            kind TEXT NOT NULL,
            position INTEGER NOT NULL CHECK (position > 0),
            fingerprint TEXT NOT NULL,
            is_clear INTEGER NOT NULL CHECK (is_clear IN (0, 1)),
            is_complete INTEGER NOT NULL DEFAULT 1 CHECK (is_complete IN (0, 1)),
            sealed TEXT NOT NULL,
            kept_at TEXT NOT NULL,
            UNIQUE (order_id, position),
            UNIQUE (order_id, fingerprint)
        ) STRICT;
        CREATE TRIGGER deliverables_stay BEFORE DELETE ON deliverables
            BEGIN SELECT RAISE(ABORT, 'what was paid for is never deleted'); END;
    """)
    never_replaced(
        db,
        "deliverables",
        "id = NEW.id OR (order_id, position) = (NEW.order_id, NEW.position)"
        " OR (order_id, fingerprint) = (NEW.order_id, NEW.fingerprint)",
    )


STEPS = (m006_codes,)
