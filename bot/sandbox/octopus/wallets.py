"""Wallets and their transactions: every change of a balance is written with a transaction."""

import sqlite3
from decimal import Decimal
from typing import Any

from bot.sandbox.octopus.reference import CURRENCIES
from bot.sandbox.vendors.currencies import from_minor_units
from bot.sandbox.vendors.database import Database
from bot.sandbox.vendors.json_decimal import timestamp


class Overdrawn(Exception):  # it names the condition
    """The balance, plus any credit limit, does not cover the debit."""


def debit(
    db: Database,
    wallet_id: int,
    units: int,
    reason: str,
    now: float,
    order_id: int | None = None,
    **forex: Any,
) -> int:
    """Take `units` (minor) off the wallet. Runs inside the caller's transaction; raises Overdrawn."""
    return _move(db, wallet_id, -units, reason, now, order_id, forex)


def credit(
    db: Database,
    wallet_id: int,
    units: int,
    reason: str,
    now: float,
    order_id: int | None = None,
    **forex: Any,
) -> int:
    """Put `units` (minor) on the wallet. Runs inside the caller's transaction."""
    return _move(db, wallet_id, units, reason, now, order_id, forex)


def _move(
    db: Database,
    wallet_id: int,
    change: int,
    reason: str,
    now: float,
    order_id: int | None,
    forex: dict[str, Any],
) -> int:
    sql = "UPDATE wallets SET balance = balance + ? WHERE id = ? RETURNING balance, currency"
    try:
        row = db.run(sql, change, wallet_id).fetchone()
    except sqlite3.IntegrityError as error:
        raise Overdrawn from error
    kind, verb = ("CREDIT", "credited") if change >= 0 else ("DEBIT", "debited")
    amount = from_minor_units(abs(change), row["currency"])
    return db.insert(
        "transactions",
        wallet_id=wallet_id,
        amount=abs(change),
        transaction_type=kind,
        remarks=f"{row['currency']} Wallet {verb} by amount {amount} - {reason}",
        order_id=order_id,
        balance_after=row["balance"],
        created_at=now,
        **forex,
    )


def shown_wallet(row: Any) -> dict[str, Any]:
    currency = row["currency"]
    return {
        "id": row["id"],
        "currency_id": CURRENCIES[currency]["id"],
        "amount": from_minor_units(row["balance"], currency),
        "type": row["type"],
    }


TRANSACTIONS = """
    SELECT t.*, w.currency FROM transactions t JOIN wallets w ON w.id = t.wallet_id
    WHERE w.client_id = :client
"""


def shown_transaction(row: Any) -> dict[str, Any]:
    """`source_currency` is the wallet's currency; in a quote it is the product's."""
    return {
        "id": row["id"],
        "wallet_id": row["wallet_id"],
        "currency_id": CURRENCIES[row["currency"]]["id"],
        "amount": from_minor_units(row["amount"], row["currency"]),
        "transaction_type": row["transaction_type"],
        "status": row["status"],
        "source_currency": row["source_currency"],
        "destination_currency": row["destination_currency"],
        "forex_rate": Decimal(row["forex_rate"]) if row["forex_rate"] else None,
        "conversion_charges": Decimal(row["conversion_charges"]) if row["conversion_charges"] else None,
        "remarks": row["remarks"],
        "created_at": timestamp(row["created_at"]),
    }
