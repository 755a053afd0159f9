"""Carrying out orders: codes now, later or never; and the debit and the refund that go with it."""

from typing import Any

from bot.sandbox.cardpluspay import accounts
from bot.sandbox.cardpluspay.accounts import Overdrawn
from bot.sandbox.cardpluspay.codes import codes_of, make_codes
from bot.sandbox.cardpluspay.vendor import Vendor


class OverRefunded(Exception):
    """More would come back than the order took."""


def order_of_number(vendor: Vendor, number: int) -> Any:
    return vendor.db.one("SELECT * FROM orders WHERE number = ?", number)


def catch_up(vendor: Vendor) -> None:
    """Deliver what has fallen due. Nobody can tell whether it happened earlier than the next look."""
    due = "SELECT number FROM orders WHERE due_at <= ? ORDER BY due_at, number"
    for row in vendor.db.all(due, vendor.clock.now()):
        with vendor.db.transaction():
            deliver(vendor, row["number"])


def poll(vendor: Vendor, order: Any) -> None:
    """One look at an order that is delivered after so many of them. Runs inside a transaction."""
    if order["polls_left"] == 0:
        deliver(vendor, order["number"])
    elif order["polls_left"]:
        vendor.db.run("UPDATE orders SET polls_left = polls_left - 1 WHERE number = ?", order["number"])


def deliver(vendor: Vendor, number: int, count: int | None = None, status: str = "completed") -> None:
    """So many codes, else all that are missing; pays first if that is still to do."""
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
    """Nothing more is to come."""
    sql = "UPDATE orders SET status = ?, due_at = NULL, polls_left = NULL WHERE number = ?"
    vendor.db.run(sql, status, number)


def wait(vendor: Vendor, number: int, *, seconds: float | None = None, polls: int | None = None) -> None:
    """The rest comes after so many seconds or looks; of neither, when the back office says so."""
    due_at = None if seconds is None else vendor.clock.now() + seconds
    vendor.db.run("UPDATE orders SET due_at = ?, polls_left = ? WHERE number = ?", due_at, polls, number)


def pay(vendor: Vendor, order: Any) -> bool:
    """Debit the order unless it has been. False: the balance no longer covers it."""
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
    """Give back so much of the order, else all that it still has. Raises OverRefunded."""
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
