"""Columns that several tables have alike, and the trigger that keeps rows from being replaced."""

from sqlite_utils import Database


def decimal(column: str) -> str:
    return f"CHECK ({column} GLOB '*[0-9]*' AND ltrim({column}, '-') NOT GLOB '*[^0-9.]*')"


def money(name: str, null: str = "NOT NULL") -> str:
    amount, currency = f"{name}_amount", f"{name}_currency"
    return (
        f"{amount} TEXT {null} {decimal(amount)}, {currency} TEXT {null}"
        f" CHECK (({amount} IS NULL) = ({currency} IS NULL))"
    )


TERMS = f"""
    vendor TEXT NOT NULL,
    wallet_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    line TEXT NOT NULL,
    product_id TEXT NOT NULL,
    units INTEGER NOT NULL CHECK (units > 0),
    {money("face_value")}
"""


LEASE = """
    lease_owner TEXT,
    lease_until TEXT,
    fence INTEGER NOT NULL DEFAULT 0,
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
"""


def never_replaced(db: Database, table: str, same: str, repeated: str | None = None) -> None:
    """INSERT OR REPLACE deletes without asking a delete trigger. `same`: which rows it would replace.

    `repeated`: of which rows another insertion is no fault, but changes nothing (ON CONFLICT DO NOTHING).
    """
    db.execute(f"""
        CREATE TRIGGER {table}_are_not_replaced BEFORE INSERT ON {table}
        WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
        BEGIN SELECT RAISE(ABORT, '{table} are never replaced: {same}'); END
    """)
    if repeated is not None:
        db.execute(f"""
            CREATE TRIGGER {table}_are_added_once BEFORE INSERT ON {table}
            WHEN EXISTS (SELECT 1 FROM {table} WHERE {repeated})
                AND NOT EXISTS (SELECT 1 FROM {table} WHERE {same})
            BEGIN SELECT RAISE(IGNORE); END
        """)
