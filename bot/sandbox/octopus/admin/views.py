"""What the back office shows: plain lists, newest first, codes in clear."""

import json
from decimal import Decimal
from typing import Any

from bot.sandbox.octopus import codes
from bot.sandbox.octopus.catalogue.search import detailed
from bot.sandbox.octopus.orders import shown_order
from bot.sandbox.octopus.vendor import Vendor
from bot.sandbox.octopus.wallets import shown_transaction, shown_wallet
from bot.sandbox.vendors.currencies import from_minor_units
from bot.sandbox.vendors.json_decimal import timestamp

MANY = 100


def wallets(vendor: Vendor, _most: int = MANY) -> list[dict[str, Any]]:
    """Each wallet, and whether its transactions add up to its balance."""
    rows = vendor.db.all(
        """SELECT w.*, count(t.id) AS transactions,
        coalesce(sum(CASE transaction_type WHEN 'CREDIT' THEN amount ELSE -amount END), 0) AS moved
        FROM wallets w LEFT JOIN transactions t ON t.wallet_id = w.id GROUP BY w.id ORDER BY w.id"""
    )
    return [
        shown_wallet(row)
        | {
            "client_id": row["client_id"],
            "currency": row["currency"],
            "credit_limit": from_minor_units(row["credit_limit"], row["currency"]),
            "transactions": row["transactions"],
            "adds_up": row["moved"] == row["balance"],
        }
        for row in rows
    ]


def clients(vendor: Vendor, _most: int = MANY) -> list[dict[str, Any]]:
    shown = ("id", "name", "api_key", "api_secret", "bulk_limit")
    return [
        {name: row[name] for name in shown}
        | {"ip_list": json.loads(row["ip_list"]), "vouchers_enabled": bool(row["vouchers_enabled"])}
        for row in vendor.db.all("SELECT * FROM clients ORDER BY id")
    ]


def ledger(vendor: Vendor, most: int = MANY) -> list[dict[str, Any]]:
    rows = vendor.db.all(
        """SELECT t.*, w.currency, w.client_id FROM transactions t JOIN wallets w ON w.id = t.wallet_id
        ORDER BY t.id DESC LIMIT ?""",
        most,
    )
    return [
        shown_transaction(row)
        | {
            "client_id": row["client_id"],
            "currency": row["currency"],
            "order_id": row["order_id"],
            "balance_after": from_minor_units(row["balance_after"], row["currency"]),
        }
        for row in rows
    ]


def orders(vendor: Vendor, most: int = MANY) -> list[dict[str, Any]]:
    rows = vendor.db.all("SELECT id FROM orders ORDER BY id DESC LIMIT ?", most)
    return [order(vendor, row["id"]) for row in rows]


def order(vendor: Vendor, order_id: int) -> dict[str, Any]:
    """The order with its vouchers in clear, its wallet transactions and its pending steps."""
    row = vendor.db.one("SELECT * FROM orders WHERE id = ?", order_id)
    vouchers = [
        codes.shown(voucher, clear=True) | {"revealed": bool(voucher["revealed"])}
        for voucher in vendor.db.all("SELECT * FROM vouchers WHERE order_id = ? ORDER BY id", order_id)
    ]
    return shown_order(row, vouchers, with_times=True) | {
        "client_id": row["client_id"],
        "debited": from_minor_units(row["debited"], row["deduction_currency"]),
        "forex_rate": Decimal(row["forex_rate"]) if row["forex_rate"] else None,
        "steps": json.loads(row["steps"]),
        "due_at": timestamp(row["due_at"]),
    }


def product(vendor: Vendor, product_id: int) -> dict[str, Any]:
    row = vendor.db.one("SELECT *, NULL AS own_discount FROM products WHERE id = ?", product_id)
    return detailed(row, vendor.address) | {"active": bool(row["active"]), "stock": row["stock"]}


def events(vendor: Vendor, most: int = MANY) -> list[dict[str, Any]]:
    rows = vendor.db.all("SELECT * FROM events ORDER BY rowid DESC LIMIT ?", most)
    return [
        {
            "id": row["id"],
            "type": row["type"],
            "body": row["body"],
            "attempts": row["attempts"],
            "created_at": timestamp(row["created_at"]),
            "due_at": timestamp(row["due_at"]),
            "delivered_at": timestamp(row["delivered_at"]),
            "last_answer": row["last_answer"],
        }
        for row in rows
    ]
