"""Fulfils orders: delivers codes at once, later or never, with the debits and refunds that belong to it."""

from typing import Any

from bot.sandbox.cardpluspay import accounts
from bot.sandbox.cardpluspay.accounts import Overdrawn
from bot.sandbox.cardpluspay.codes import codes_of, make_codes
from bot.sandbox.cardpluspay.vendor import Vendor


class OverRefunded(Exception):
    """The refunds would be more than the order was charged."""


def order_of_number(vendor: Vendor, number: int) -> Any:
    return vendor.db.one("SELECT * FROM orders WHERE number = ?", number)


def catch_up(vendor: Vendor) -> None:
    """Deliver every order that is due. Done before each read, so no caller sees that it is late."""
    due = "SELECT number FROM orders WHERE due_at <= ? ORDER BY due_at, number"
    for row in vendor.db.all(due, vendor.clock.now()):
        with vendor.db.transaction():
            deliver(vendor, row["number"])


def poll(vendor: Vendor, order: Any) -> None:
    """Count one read of an order that is delivered after a number of reads. Runs inside a transaction."""
    if order["polls_left"] == 0:
        deliver(vendor, order["number"])
    elif order["polls_left"]:
        vendor.db.run("UPDATE orders SET polls_left = polls_left - 1 WHERE number = ?", order["number"])


def deliver(vendor: Vendor, number: int, count: int | None = None, status: str = "completed") -> None:
    """Deliver `count` codes, by default all missing ones; debits the order first unless that is done."""
    order = order_of_number(vendor, number)
    if not pay(vendor, order):
        end(vendor, number, "failed")
        return
    missing = order["quantity"] - len(codes_of(vendor.db, order))
    make_codes(vendor.db, order, missing if count is None else min(count, missing))
    end(vendor, number, status)


def mark(vendor: Vendor, number: int, status: str) -> None:
    vendor.db.run("UPDATE orders SET status = ? WHERE number = ?", status, number)


def end(vendor: Vendor, number: int, status: str) -> None:
    """Close the order: no more codes follow."""
    sql = "UPDATE orders SET status = ?, due_at = NULL, polls_left = NULL WHERE number = ?"
    vendor.db.run(sql, status, number)


def wait(vendor: Vendor, number: int, *, seconds: float | None = None, polls: int | None = None) -> None:
    """The rest is delivered after `seconds` or `polls`; with neither, when the back office asks for it."""
    due_at = None if seconds is None else vendor.clock.now() + seconds
    vendor.db.run("UPDATE orders SET due_at = ?, polls_left = ? WHERE number = ?", due_at, polls, number)


def pay(vendor: Vendor, order: Any) -> bool:
    """Debit the order unless that is done. False when the balance no longer covers it."""
    if order["debited"] == order["amount"]:
        return True
    db, number, units = vendor.db, order["number"], order["amount"]
    reason = f"{order['quantity']} × {order['item_code']}"
    try:
        accounts.move(db, order["account_id"], -units, "order", reason, vendor.clock.now(), number)
    except Overdrawn:
        return False
    db.run("UPDATE orders SET debited = ? WHERE number = ?", units, number)
    return True


def refund(vendor: Vendor, number: int, units: int | None, reason: str) -> None:
    """Refund `units`, by default everything not refunded yet. Raises OverRefunded."""
    order = order_of_number(vendor, number)
    left = order["debited"] - order["refunded"]
    back = left if units is None else units
    if back > left:
        raise OverRefunded
    if not back:
        return
    now = vendor.clock.now()
    accounts.move(vendor.db, order["account_id"], back, "refund", reason, now, number)
    vendor.db.run("UPDATE orders SET refunded = refunded + ? WHERE number = ?", back, number)
