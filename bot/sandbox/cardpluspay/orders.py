"""Takes an order: price, stock, debit, order row and codes in one transaction. Every call is a new order."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bot.sandbox.cardpluspay.catalogue.search import item_of_code, unit_price
from bot.sandbox.cardpluspay.delivery import begin
from bot.sandbox.cardpluspay.errors import NotSold, unknown_item
from bot.sandbox.cardpluspay.fulfilment import order_of_number, pay
from bot.sandbox.cardpluspay.request_conditions import RequestConditions
from bot.sandbox.cardpluspay.responses import ZONE
from bot.sandbox.cardpluspay.vendor import Vendor
from bot.sandbox.vendors.currencies import minor_units
from bot.sandbox.vendors.faults import Faults

MOST_CARDS = 100
RISING_FROM = 90_000
PRIME = 9_999_991  # scattered order ids run through all numbers below it
STRIDE = 6_180_339
CENT = Decimal("0.01")


@dataclass(frozen=True)
class OrderRequest:
    """A valid request for an order."""

    item_code: str
    quantity: int
    email: str | None = None
    through: str = "api"


def place(vendor: Vendor, account: Any, wanted: OrderRequest, conditions: RequestConditions) -> int:
    """The new order's number. A refusal changes nothing. Runs inside the caller's transaction."""
    item = None if "vanish" in conditions.faults else item_of_code(vendor.db, wanted.item_code)
    if item is None:
        raise unknown_item(conditions.choices.unknown_item_on_create)
    price = moved_price(unit_price(item, account["currency"]), conditions.faults)
    terms = _terms(account, item, wanted, price, conditions)
    if not available(item, wanted.quantity, conditions.faults):
        raise NotSold("Gift card is out of stock", terms)
    # Read again: orders that were committed meanwhile have lowered the balance.
    balance = vendor.db.one("SELECT balance FROM accounts WHERE id = ?", account["id"])["balance"]
    if balance < terms["amount"] or "insufficient-funds" in conditions.faults:
        raise NotSold("Insufficient balance", terms)
    number = keep(vendor, terms, conditions)
    taken = "UPDATE items SET stock = stock - ? WHERE item_code = ?"
    vendor.db.run(taken, wanted.quantity, wanted.item_code)
    if conditions.choices.debit == "creation":
        pay(vendor, order_of_number(vendor, number))
    begin(vendor, number, wanted.quantity, conditions)
    return number


def available(item: Any, quantity: int, faults: Faults) -> bool:
    return bool(item["stock"] >= quantity) and "out-of-stock" not in faults


def moved_price(price: Decimal, faults: Faults) -> Decimal:
    """The unit price, which a fault may change for this request."""
    if "price-change" not in faults:
        return price
    options = faults["price-change"].options
    if "price" in options:
        return Decimal(options["price"]).quantize(CENT, ROUND_HALF_UP)
    percent = Decimal(options.get("percent", "10"))
    return (price * (1 + percent / 100)).quantize(CENT, ROUND_HALF_UP)


def keep(
    vendor: Vendor, terms: dict[str, Any], conditions: RequestConditions, status: str = "pending"
) -> int:
    """Write the order row and return its number. Runs inside the caller's transaction."""
    last = vendor.db.one("SELECT seq FROM sqlite_sequence WHERE name = 'orders'")["seq"]
    number, now = last + 1, vendor.clock.now()
    scattered = conditions.choices.order_ids == "scattered"
    lag_s = conditions.faults["list-lag"].seconds(5) if "list-lag" in conditions.faults else 0.0
    return vendor.db.insert(
        "orders",
        number=number,
        order_id=number * STRIDE % PRIME if scattered else RISING_FROM + number,
        order_no=f"ORD-{datetime.fromtimestamp(now, ZONE).year}-{number}",
        status=status,
        listed_from=now + lag_s,
        created_at=now,
        **terms,
    )


def _terms(
    account: Any, item: Any, wanted: OrderRequest, price: Decimal, conditions: RequestConditions
) -> dict[str, Any]:
    single = wanted.quantity == 1
    units = minor_units(price, account["currency"])
    return {
        "account_id": account["id"],
        "through": wanted.through,
        "item_code": item["item_code"],
        "quantity": wanted.quantity,
        "email": wanted.email,
        "type": conditions.choices.single_type if single else "bulk",
        "value": item["value"],
        "value_currency": item["currency"],
        "unit_price": units,
        "amount": units * _charged_cards(wanted.quantity, conditions.faults),
    }


def _charged_cards(quantity: int, faults: Faults) -> int:
    fewer = faults.get("fewer-codes")
    if fewer is None or fewer.options.get("charge") != "delivered":
        return quantity
    return min(quantity, int(fewer.number("deliver", quantity - 1)))
