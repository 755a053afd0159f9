"""Quotes as shown in a form."""

from sqlite_utils import Database

from store.migrations.columns import TERMS, decimal, money


def m009_quotes(db: Database) -> None:
    db.executescript(f"""
        CREATE TABLE quotes (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            workspace TEXT NOT NULL,
            {TERMS},
            vendor_account TEXT,
            {money("discount")},
            discount_percent TEXT NOT NULL {decimal("discount_percent")},
            {money("charge")},
            charge_details TEXT NOT NULL,
            forex_rate TEXT {decimal("forex_rate")},
            {money("fee", null="")},
            {money("tax", null="")},
            max_quantity INTEGER,
            {money("wallet_balance")},
            quoted_at TEXT NOT NULL,
            life_s INTEGER NOT NULL DEFAULT 300 CHECK (life_s >= 0)
        ) STRICT;
        CREATE INDEX quotes_by_age ON quotes (quoted_at);
    """)


STEPS = (m009_quotes,)
