"""What the back office shows: everything, newest first, codes in clear, amounts as text, times in UTC."""

import json
from typing import Any

from bot.sandbox.cardpluspay.codes import codes_of, face_value
from bot.sandbox.cardpluspay.vendor import Vendor
from bot.sandbox.vendors.currencies import from_minor_units
from bot.sandbox.vendors.json_decimal import timestamp

ORDERS = "SELECT o.*, a.currency FROM orders o JOIN accounts a ON a.id = o.account_id"
MOVEMENTS = """
    SELECT m.*, a.currency, o.order_id FROM movements m JOIN accounts a ON a.id = m.account_id
    LEFT JOIN orders o ON o.number = m.order_number
"""
ACCOUNTS = """
    SELECT a.*, (SELECT count(*) FROM orders o WHERE o.account_id = a.id) AS orders,
    (SELECT coalesce(sum(change), 0) FROM movements m WHERE m.account_id = a.id) AS moved FROM accounts a
"""


def money(units: int, currency: str) -> str:
    return str(from_minor_units(units, currency))


def accounts(vendor: Vendor, most: int) -> list[dict[str, Any]]:
    """Oldest first."""
    return [_account(row) for row in vendor.db.all(f"{ACCOUNTS} ORDER BY a.id LIMIT ?", most)]


def account(vendor: Vendor, account_id: int) -> dict[str, Any]:
    return _account(vendor.db.one(f"{ACCOUNTS} WHERE a.id = ?", account_id))


def _account(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "api_key": row["api_key"],
        "currency": row["currency"],
        "balance": money(row["balance"], row["currency"]),
        "active": bool(row["active"]),
        "signing": row["public_key"] is not None,
        "orders": row["orders"],
        "adds_up": row["moved"] == row["balance"],
    }


def book(vendor: Vendor, account_id: int) -> dict[str, Any]:
    """Every purchase and ledger entry of one account, oldest first."""
    orders = vendor.db.all(f"{ORDERS} WHERE account_id = ? ORDER BY number", account_id)
    movements = vendor.db.all(f"{MOVEMENTS} WHERE m.account_id = ? ORDER BY m.id", account_id)
    return account(vendor, account_id) | {
        "orders": [_order(vendor, row) for row in orders],
        "ledger": [_movement(row) for row in movements],
    }


def orders(vendor: Vendor, most: int) -> list[dict[str, Any]]:
    return [_order(vendor, row) for row in vendor.db.all(f"{ORDERS} ORDER BY number DESC LIMIT ?", most)]


def order(vendor: Vendor, number: int) -> dict[str, Any]:
    return _order(vendor, vendor.db.one(f"{ORDERS} WHERE number = ?", number))


def _order(vendor: Vendor, row: Any) -> dict[str, Any]:
    currency = row["currency"]
    return {
        "order_id": row["order_id"],
        "order_no": row["order_no"],
        "account_id": row["account_id"],
        "through": row["through"],
        "item_code": row["item_code"],
        "quantity": row["quantity"],
        "email": row["email"],
        "status": row["status"],
        "denomination": str(face_value(row)),
        "denomination_unit": row["value_currency"],
        "unit_price": money(row["unit_price"], currency),
        "amount": money(row["amount"], currency),
        "debited": money(row["debited"], currency),
        "refunded": money(row["refunded"], currency),
        "currency": currency,
        "created_at": timestamp(row["created_at"]),
        "due_at": timestamp(row["due_at"]),
        "polls_left": row["polls_left"],
        "codes": [_code(code) for code in codes_of(vendor.db, row)],
    }


def _code(row: Any) -> dict[str, Any]:
    metadata = json.loads(row["metadata"]) if row["metadata"] else []
    pins = [pair["Pin"] for pair in metadata if "Pin" in pair]
    return {"code": row["code"], "pin": pins[0] if pins else None}


def ledger(vendor: Vendor, most: int) -> list[dict[str, Any]]:
    return [_movement(row) for row in vendor.db.all(f"{MOVEMENTS} ORDER BY m.id DESC LIMIT ?", most)]


def _movement(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "account_id": row["account_id"],
        "kind": row["kind"],
        "change": money(row["change"], row["currency"]),
        "balance_after": money(row["balance_after"], row["currency"]),
        "currency": row["currency"],
        "order_id": row["order_id"],
        "reason": row["reason"],
        "created_at": timestamp(row["created_at"]),
    }


def items(vendor: Vendor, most: int) -> list[dict[str, Any]]:
    """In the order of the catalogue."""
    return [_item(row) for row in vendor.db.all("SELECT * FROM items ORDER BY shelf LIMIT ?", most)]


def item(vendor: Vendor, item_code: str) -> dict[str, Any]:
    return _item(vendor.db.one("SELECT * FROM items WHERE item_code = ?", item_code))


def _item(row: Any) -> dict[str, Any]:
    return {
        "item_code": row["item_code"],
        "product_name": row["product_name"],
        "value": str(face_value(row)),
        "currency": row["currency"],
        "price": money(row["price"], "USD"),
        "pins": row["pins"],
        "stock": row["stock"],
        "active": bool(row["active"]),
    }
