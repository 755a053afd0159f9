"""Accounts and their ledger: every change of a balance is written with a ledger entry that explains it."""

import secrets
import sqlite3
from decimal import Decimal
from typing import Any

from bot.sandbox.vendors.currencies import PER_EURO, minor_units, precision_of
from bot.sandbox.vendors.database import Database

CURRENCIES = tuple(code for code in PER_EURO if precision_of(code) == 2)  # balances have two decimals


class Overdrawn(Exception):  # it names the condition
    """The balance does not cover the debit."""


class KeyTaken(Exception):
    """Another account has this API key."""


def open_account(
    db: Database, name: str, currency: str, balance: Decimal, now: float, *, api_key: str | None = None
) -> int:
    """The new account's id. Runs inside the caller's transaction; raises KeyTaken."""
    key = api_key or f"cpp-{secrets.token_hex(12)}"
    try:
        account_id = db.insert("accounts", name=name, api_key=key, currency=currency)
    except sqlite3.IntegrityError as error:
        raise KeyTaken from error
    if units := minor_units(balance, currency):
        move(db, account_id, units, "opening", "Opening balance", now)
    return account_id


def move(
    db: Database,
    account_id: int,
    change: int,
    kind: str,
    reason: str,
    now: float,
    order_number: int | None = None,
) -> None:
    """Change the balance by so many cents. Runs inside the caller's transaction; raises Overdrawn."""
    sql = "UPDATE accounts SET balance = balance + ? WHERE id = ? RETURNING balance"
    try:
        balance = db.run(sql, change, account_id).fetchone()["balance"]
    except sqlite3.IntegrityError as error:
        raise Overdrawn from error
    db.insert(
        "movements",
        account_id=account_id,
        kind=kind,
        change=change,
        balance_after=balance,
        order_number=order_number,
        reason=reason,
        created_at=now,
    )


def account_of_key(db: Database, api_key: str) -> Any:
    """The account's row, or None."""
    return db.one("SELECT * FROM accounts WHERE api_key = ?", api_key)
