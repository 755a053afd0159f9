"""Sealed answers in which there may be codes."""

from sqlite_utils import Database


def m007_unparsed_responses(db: Database) -> None:
    db.executescript("""
        CREATE TABLE unparsed_responses (
            id INTEGER PRIMARY KEY,
            order_id INTEGER NOT NULL REFERENCES orders (id),
            request_id TEXT,
            sealed TEXT NOT NULL,
            kept_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX unparsed_responses_by_order ON unparsed_responses (order_id, id);
        CREATE TRIGGER unparsed_responses_stay BEFORE DELETE ON unparsed_responses
            BEGIN SELECT RAISE(ABORT, 'what may hold paid codes is never deleted'); END;
    """)


STEPS = (m007_unparsed_responses,)
