"""Webhook events, written in the same transaction as the change they report."""

import secrets
from fnmatch import fnmatchcase
from typing import Any

from bot.sandbox.octopus.vendor import Vendor
from bot.sandbox.vendors.currencies import from_minor_units
from bot.sandbox.vendors.json_decimal import dumps, timestamp

ORDER_TYPES = {
    "DELIVERED": "order.delivered",
    "PARTIALLY_DELIVERED": "order.partially_delivered",
    "FAILED": "order.failed",
    "CANCELLED": "order.cancelled",
}


def order_event(vendor: Vendor, order_id: int) -> None:
    """Report the order's current status. Never contains a code."""
    order = vendor.db.one(
        """SELECT o.*, (SELECT count(*) FROM vouchers v WHERE v.order_id = o.id) AS delivered
        FROM orders o WHERE id = ?""",
        order_id,
    )
    currency = order["base_currency"]
    _write(
        vendor,
        order["client_id"],
        ORDER_TYPES[order["status"]],
        {
            "id": order_id,
            "reference_code": order["client_reference"],
            "status": order["status"],
            "product_name": order["product_name"],
            "denomination": from_minor_units(order["denomination"], currency),
            "quantity": order["quantity"],
            "amount": from_minor_units(order["amount"], currency),
            "delivered_quantity": order["delivered"],
            "delivered_on": timestamp(order["delivered_at"]),
            "created_at": timestamp(order["created_at"]),
        },
    )


def wallet_event(vendor: Vendor, wallet_id: int) -> None:
    """Report the wallet's latest transaction."""
    row = vendor.db.one(
        """SELECT t.*, w.currency, w.client_id FROM transactions t JOIN wallets w ON w.id = t.wallet_id
        WHERE wallet_id = ? ORDER BY t.id DESC LIMIT 1""",
        wallet_id,
    )
    credited = row["transaction_type"] == "CREDIT"
    before = row["balance_after"] + (-row["amount"] if credited else row["amount"])
    _write(
        vendor,
        row["client_id"],
        "wallet.credited" if credited else "wallet.debited",
        {
            "wallet_id": wallet_id,
            "currency": row["currency"],
            "amount": from_minor_units(row["amount"], row["currency"]),
            "balance_before": from_minor_units(before, row["currency"]),
            "balance_after": from_minor_units(row["balance_after"], row["currency"]),
            "transaction_id": row["id"],
        },
    )


def _write(vendor: Vendor, client_id: int, kind: str, content: dict[str, Any]) -> None:
    webhook = vendor.webhook
    if (
        webhook is None
        or client_id != webhook.client_id
        or not any(fnmatchcase(kind, wanted) for wanted in webhook.events)
    ):
        return
    now, event_id = vendor.clock.now(), f"evt_{secrets.token_hex(8)}"
    body = dumps({"id": event_id, "type": kind, "created_at": timestamp(now), "data": content})
    vendor.db.insert("events", id=event_id, type=kind, body=body, created_at=now, due_at=now)
