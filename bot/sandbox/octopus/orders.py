"""Takes an order: price, debit, order row and first fulfilment steps in one transaction."""

import sqlite3
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.sandbox.octopus import wallets
from bot.sandbox.octopus.charges import Charges, choose, price, wallet_for
from bot.sandbox.octopus.errors import bad_request, insufficient_funds
from bot.sandbox.octopus.events import wallet_event
from bot.sandbox.octopus.fulfilment import advance, first_steps
from bot.sandbox.octopus.vendor import Vendor
from bot.sandbox.vendors.currencies import from_minor_units, minor_units
from bot.sandbox.vendors.faults import Faults
from bot.sandbox.vendors.json_decimal import dumps, timestamp

SYNCHRONOUS = 5


@dataclass(frozen=True)
class OrderRequest:
    """A valid request for an order."""

    product_id: int
    denomination: Decimal
    quantity: int
    wallet_id: int | None
    client_reference: str | None
    email: str | None


def place(vendor: Vendor, client: Any, wanted: OrderRequest, faults: Faults) -> int:
    """The new order's id. A refusal changes nothing. Runs inside the caller's transaction."""
    db, now = vendor.db, vendor.clock.now()
    basket = choose(db, client, wanted.product_id, wanted.denomination, wanted.quantity)
    _refuse_duplicate(vendor, client, wanted.client_reference)
    wallet = wallet_for(db, basket, wanted.wallet_id)
    charges = price(db, basket, wallet, faults)
    sold_out = "out-of-stock" in faults or basket.product["stock"] < wanted.quantity
    if sold_out and vendor.choices.out_of_stock == "refuse":
        raise bad_request("Product is out of stock")
    order_id = _insert(vendor, client, wanted, charges, now)
    _debit(vendor, charges, order_id, now, faults)
    if not sold_out:
        db.run("UPDATE products SET stock = stock - ? WHERE id = ?", wanted.quantity, wanted.product_id)
    steps = first_steps(faults, sold_out=sold_out)
    if _takes_time(vendor, wanted, basket.product) and steps[0]["do"] != "wait" and not sold_out:
        steps.insert(0, {"do": "wait"})
    db.run("UPDATE orders SET steps = ? WHERE id = ?", dumps(steps), order_id)
    wait_s = faults["pending"].seconds(vendor.choices.async_delay_s) if "pending" in faults else None
    advance(vendor, order_id, wait_s=wait_s)
    return order_id


def _takes_time(vendor: Vendor, wanted: OrderRequest, product: Any) -> bool:
    delayed = vendor.choices.delayed_products == "pending" and product["delivery_time"] == "Delayed"
    return delayed or wanted.quantity > SYNCHRONOUS


def _refuse_duplicate(vendor: Vendor, client: Any, reference: str | None) -> None:
    sql = "SELECT 1 FROM orders WHERE client_id = ? AND client_reference = ?"
    if reference is not None and vendor.db.one(sql, client["id"], reference):
        raise bad_request("Duplicate client_reference")


def _insert(vendor: Vendor, client: Any, wanted: OrderRequest, charges: Charges, now: float) -> int:
    currency = charges.product_currency
    try:
        return vendor.db.insert(
            "orders",
            client_id=client["id"],
            product_id=wanted.product_id,
            product_name=charges.product["name"],
            denomination=minor_units(wanted.denomination, currency),
            quantity=wanted.quantity,
            amount=minor_units(charges.face, currency),
            discount=minor_units(charges.discount, currency),
            client_reference=wanted.client_reference,
            wallet_id=charges.wallet["id"],
            status="PENDING",
            base_currency=currency,
            deduction_currency=charges.wallet_currency,
            message="Order created successfully",
            email=wanted.email,
            debited=minor_units(charges.payable, charges.wallet_currency),
            forex_rate=None if charges.forex_rate is None else str(charges.forex_rate),
            steps="[]",
            created_at=now,
        )
    except sqlite3.IntegrityError as error:
        raise bad_request("Duplicate client_reference") from error


def _debit(vendor: Vendor, charges: Charges, order_id: int, now: float, faults: Faults) -> None:
    forex: dict[str, Any] = {}
    if charges.forex_rate is not None:
        forex = {
            "source_currency": charges.wallet_currency,
            "destination_currency": charges.product_currency,
            "forex_rate": str(charges.forex_rate),
            "conversion_charges": "0.0",
        }
    units = minor_units(charges.payable, charges.wallet_currency)
    refused = insufficient_funds(vendor.choices.insufficient_funds_status)
    if "insufficient-funds" in faults:
        raise refused
    try:
        wallets.debit(vendor.db, charges.wallet["id"], units, f"Order #{order_id}", now, order_id, **forex)
        wallet_event(vendor, charges.wallet["id"])
    except wallets.Overdrawn as error:
        raise refused from error


def shown_order(order: Any, vouchers: list[dict[str, Any]], *, with_times: bool = False) -> dict[str, Any]:
    """The order in the API's form; optional fields that the request did not have are absent."""
    currency = order["base_currency"]
    entry = {name: order[name] for name in ("id", "product_id", "product_name")}
    entry["denomination"] = from_minor_units(order["denomination"], currency)
    entry["quantity"] = order["quantity"]
    entry["amount"] = from_minor_units(order["amount"], currency)
    entry["discount"] = from_minor_units(order["discount"], currency)
    if order["client_reference"] is not None:
        entry["client_reference"] = order["client_reference"]
    for name in ("wallet_id", "status", "base_currency", "deduction_currency", "message"):
        entry[name] = order[name]
    if order["email"] is not None:
        entry["email"] = order["email"]
    if with_times:
        entry["created_at"] = timestamp(order["created_at"])
        if order["delivered_at"]:
            entry["delivered_on"] = timestamp(order["delivered_at"])
    return entry | {"vouchers": vouchers}
