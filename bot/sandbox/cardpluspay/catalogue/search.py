"""Finds items: one by its code, or a page of those that match filters."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.sandbox.cardpluspay.choices import Choices
from bot.sandbox.cardpluspay.responses import short
from bot.sandbox.vendors.currencies import from_minor_units, rounded, usual_rate
from bot.sandbox.vendors.database import Database

ORDER = {"brand": "brand COLLATE NOCASE", "value": "value", "category": "category COLLATE NOCASE"}
BRAND_IS = {
    "exact": "casefold(brand) = casefold(:brand)",
    "partial": "instr(casefold(brand), casefold(:brand)) > 0",
}
ANY_TEXT = " OR ".join(
    f"instr(casefold({column}), casefold(:q)) > 0" for column in ("product_name", "brand", "item_code")
)


@dataclass(frozen=True)
class Filters:
    item_id: str | None = None
    brand: str | None = None
    q: str | None = None
    region: str | None = None
    currency: str | None = None
    delivery_type: str | None = None
    value_min: Decimal | None = None
    value_max: Decimal | None = None
    country_code: str | None = None

    def sql(self, choices: Choices) -> tuple[str, dict[str, Any]]:
        conditions = {
            "item_id": "item_code = :item_id",
            "brand": BRAND_IS[choices.brand_filter],
            "q": f"({ANY_TEXT})",
            "region": "region = :region",
            "currency": "currency = :currency",
            "delivery_type": "delivery_type = :delivery_type",
            "value_min": "value >= :value_min",
            "value_max": "value <= :value_max",
            "country_code": "EXISTS (SELECT 1 FROM json_each(country_code) c WHERE c.value = :country_code)",
        }
        used = {name: getattr(self, name) for name in conditions if getattr(self, name) is not None}
        values = {
            name: float(value * 100) if isinstance(value, Decimal) else value for name, value in used.items()
        }
        return "".join(f" AND {conditions[name]}" for name in used), values


def find(
    db: Database, filters: Filters, choices: Choices, order: tuple[str | None, str], page: int, per_page: int
) -> tuple[list[Any], int]:
    """One page of rows and the total of all pages; in the order of the catalogue by default."""
    conditions, values = filters.sql(choices)
    base = f"FROM items WHERE active {conditions}"
    total = db.connection.execute(f"SELECT count(*) {base}", values).fetchone()[0]
    column, direction = ORDER.get(order[0] or "", "shelf"), "DESC" if order[1] == "desc" else "ASC"
    sql = f"SELECT * {base} ORDER BY {column} {direction}, shelf LIMIT :most OFFSET :skip"  # names of our own
    values |= {"most": per_page, "skip": (page - 1) * per_page}
    return db.connection.execute(sql, values).fetchall(), total


def item_of_code(db: Database, item_code: str) -> Any:
    """The item's row, or None when there is none or it is not on sale."""
    return db.one("SELECT * FROM items WHERE item_code = ? AND active", item_code)


def unit_price(item: Any, currency: str) -> Decimal:
    """The price of one card for an account in this currency."""
    in_dollars = from_minor_units(item["price"], "USD")
    return in_dollars if currency == "USD" else rounded(in_dollars * usual_rate("USD", currency), currency)


def listed(item: Any, currency: str, choices: Choices) -> dict[str, Any]:
    """The item's entry in the catalogue, for an account in this currency."""
    value, price = from_minor_units(item["value"], "USD"), unit_price(item, currency)
    as_text = choices.catalog_money == "string"
    return {
        "item_code": item["item_code"],
        "product_name": item["product_name"],
        "brand": item["brand"],
        "category": item["category"],
        "value": str(value) if as_text else short(value),
        "price": str(price) if as_text else short(price),
        "currency": item["currency"],
        "region": item["region"],
        "delivery_type": item["delivery_type"],
        "country_code": json.loads(item["country_code"]),
    }
