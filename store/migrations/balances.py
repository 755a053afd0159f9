"""What wallets held when they were last read."""

from sqlite_utils import Database

from store.migrations.columns import money


def m014_balances(db: Database) -> None:
    db.executescript(f"""
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


STEPS = (m014_balances,)
