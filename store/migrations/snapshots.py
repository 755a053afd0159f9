"""What an account looked like before a purchase."""

from sqlite_utils import Database

from store.migrations.columns import money


def m011_snapshots(db: Database) -> None:
    db.executescript(f"""
        CREATE TABLE snapshots (
            order_id INTEGER PRIMARY KEY REFERENCES orders (id),
            known TEXT NOT NULL,
            {money("balance")},
            {money("expected")},
            taken_at TEXT NOT NULL
        ) STRICT;
    """)


STEPS = (m011_snapshots,)
