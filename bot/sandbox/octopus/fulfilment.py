"""Fulfils paid orders step by step: deliver, wait, fail, cancel, give up; with refunds."""

import asyncio
import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

from bot.sandbox.octopus import wallets
from bot.sandbox.octopus.codes import make_vouchers
from bot.sandbox.octopus.events import order_event, wallet_event
from bot.sandbox.octopus.vendor import Vendor
from bot.sandbox.vendors.currencies import from_minor_units, minor_units, rounded
from bot.sandbox.vendors.faults import Faults

Step = dict[str, Any]


def first_steps(faults: Faults, *, sold_out: bool) -> list[Step]:
    """The steps of an order; at `wait` the rest is left to the worker."""
    steps: list[Step] = [{"do": "deliver"}]
    if "partial" in faults:
        options = faults["partial"].options
        count = int(options["deliver"]) if "deliver" in options else None
        then = {"complete": [{"do": "wait"}, {"do": "deliver"}], "stay": []}
        usual = [{"do": "wait"}, {"do": "give-up"}]
        steps = [{"do": "deliver-some", "count": count}, *then.get(options.get("then", ""), usual)]
    if "fail" in faults or sold_out:
        steps = [{"do": "fail"}]
    if "cancel" in faults:
        steps = [{"do": "cancel"}]
    if "pending" in faults:
        steps.insert(0, {"do": "wait"})
    if "stall" in faults:
        steps = [{"do": "stall"}]
    return steps


def advance(vendor: Vendor, order_id: int, *, wait_s: float | None = None) -> None:
    """Run the order's steps up to the next `wait`. Runs inside the caller's transaction."""
    order = vendor.db.one("SELECT * FROM orders WHERE id = ?", order_id)
    steps, due_at = json.loads(order["steps"]), None
    while steps:
        step = steps.pop(0)
        if step["do"] == "wait":
            due_at = vendor.clock.now() + (vendor.choices.async_delay_s if wait_s is None else wait_s)
            break
        take_step(vendor, order_id, step)
    vendor.db.run("UPDATE orders SET steps = ?, due_at = ? WHERE id = ?", json.dumps(steps), due_at, order_id)
    vendor.work.set()


def take_step(vendor: Vendor, order_id: int, step: Step) -> None:
    order = vendor.db.one("SELECT * FROM orders WHERE id = ?", order_id)
    match step["do"]:
        case "deliver":
            _deliver(vendor, order, order["quantity"] - delivered_count(vendor, order_id))
        case "deliver-some":
            missing = order["quantity"] - delivered_count(vendor, order_id)
            half = max(1, order["quantity"] // 2)
            _deliver(vendor, order, min(half if step["count"] is None else step["count"], missing))
        case "fail":
            _end(vendor, order, "FAILED", "Order could not be fulfilled")
        case "cancel":
            _end(vendor, order, "CANCELLED", "Order cancelled")
        case "give-up":
            _give_up(vendor, order)
        case "stall":
            pass
        case unknown:
            raise ValueError(f"unknown step {unknown!r}")


def delivered_count(vendor: Vendor, order_id: int) -> int:
    return int(vendor.db.one("SELECT count(*) FROM vouchers WHERE order_id = ?", order_id)[0])


def _deliver(vendor: Vendor, order: Any, count: int) -> None:
    db, now = vendor.db, vendor.clock.now()
    product = db.one("SELECT * FROM products WHERE id = ?", order["product_id"])
    make_vouchers(db, order, product, count, now)
    complete = delivered_count(vendor, order["id"]) == order["quantity"]
    status = "DELIVERED" if complete else "PARTIALLY_DELIVERED"
    db.run("UPDATE orders SET status = ?, delivered_at = ? WHERE id = ?", status, now, order["id"])
    order_event(vendor, order["id"])


def _end(vendor: Vendor, order: Any, status: str, message: str) -> None:
    """Close an order that will not be fulfilled, and refund exactly what it was charged."""
    vendor.db.run("UPDATE orders SET status = ?, message = ? WHERE id = ?", status, message, order["id"])
    _refund(vendor, order, order["debited"])
    order_event(vendor, order["id"])


def _give_up(vendor: Vendor, order: Any) -> None:
    missing = order["quantity"] - delivered_count(vendor, order["id"])
    if missing == 0:
        return
    message = f"{missing} of {order['quantity']} vouchers could not be fulfilled"
    vendor.db.run("UPDATE orders SET message = ? WHERE id = ?", message, order["id"])
    if vendor.choices.partial_refund == "proportional":
        paid = from_minor_units(order["amount"] - order["discount"], order["base_currency"])
        share = paid * missing / order["quantity"] * Decimal(order["forex_rate"] or 1)
        currency = order["deduction_currency"]
        _refund(vendor, order, minor_units(rounded(share, currency), currency))


def _refund(vendor: Vendor, order: Any, units: int) -> None:
    forex: dict[str, Any] = {}
    if order["forex_rate"]:
        forex = {
            "source_currency": order["deduction_currency"],
            "destination_currency": order["base_currency"],
            "forex_rate": order["forex_rate"],
            "conversion_charges": "0.0",
        }
    reason, now = f"Refund for Order #{order['id']}", vendor.clock.now()
    wallets.credit(vendor.db, order["wallet_id"], units, reason, now, order["id"], **forex)
    wallet_event(vendor, order["wallet_id"])


async def run_due_steps(vendor: Vendor) -> None:
    """Until cancelled: advance orders when they are due."""
    while True:
        for row in vendor.db.all("SELECT id FROM orders WHERE due_at <= ?", vendor.clock.now()):
            with vendor.db.transaction():
                advance(vendor, row["id"])
            await asyncio.sleep(0)
        vendor.work.clear()
        upcoming = vendor.db.one("SELECT min(due_at) FROM orders")[0]
        with suppress(TimeoutError):
            wait_s = None if upcoming is None else max(0.0, upcoming - vendor.clock.now())
            await asyncio.wait_for(vendor.work.wait(), wait_s)
