"""An order's codes: how they are generated, and how the purchase and later reads show them."""

import json
from decimal import Decimal
from typing import Any

from bot.sandbox.cardpluspay.choices import Choices
from bot.sandbox.cardpluspay.responses import as_text
from bot.sandbox.vendors.brands import filled
from bot.sandbox.vendors.currencies import from_minor_units
from bot.sandbox.vendors.database import Database


def make_codes(db: Database, order: Any, count: int) -> None:
    """Add `count` new codes to the order. Runs inside the caller's transaction."""
    item = db.one("SELECT pins, code_pattern FROM items WHERE item_code = ?", order["item_code"])
    made = len(codes_of(db, order))
    for position in range(made, made + count):
        db.insert(
            "codes",
            order_number=order["number"],
            code=filled(item["code_pattern"]),
            metadata=_metadata(item["pins"], position),
            charged=order["unit_price"],
        )


def codes_of(db: Database, order: Any) -> list[Any]:
    return db.all("SELECT * FROM codes WHERE order_number = ? ORDER BY id", order["number"])


def bought_code(code: Any, order: Any, currency: str, choices: Choices) -> dict[str, Any]:
    """The code in the response to the purchase; `metadata` is left out when there is none."""
    shown = {
        "code": code["code"],
        "currency": currency,
        "item_code": order["item_code"],
        "denomination": as_text(face_value(order), choices),
        "charged_amount": as_text(from_minor_units(code["charged"], currency), choices),
        "denomination_unit": order["value_currency"],
    }
    return shown | ({"metadata": json.loads(code["metadata"])} if code["metadata"] else {})


def read_code(code: Any) -> dict[str, Any]:
    """The code in a later read: without PIN and amounts."""
    return {"code": code["code"], "status": code["status"]}


def face_value(order: Any) -> Decimal:
    """The face value of one card, with two decimals in every currency."""
    return Decimal(order["value"]).scaleb(-2)


def _metadata(pins: str, position: int) -> str | None:
    """An array of objects with one key each. With mixed brands every second code has a PIN."""
    if pins == "never" or (pins == "mixed" and position % 2 == 0):
        return None
    return json.dumps([{"Pin": filled("9999")}])
