"""Finds the products one client may see: active, in stock, not hidden from it."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.sandbox.octopus.errors import not_found
from bot.sandbox.vendors.currencies import from_minor_units
from bot.sandbox.vendors.database import Database

VISIBLE = """
    FROM products p LEFT JOIN client_products c ON c.product_id = p.id AND c.client_id = :client
    WHERE p.active AND coalesce(c.hidden, 0) = 0
"""
SELECT = f"SELECT p.*, c.discount AS own_discount {VISIBLE}"
LISTED = (
    "id", "name", "category", "sub_category", "country_code", "currency_code", "image_url",
    "delivery_mode", "delivery_time", "validity",
)  # fmt: skip
ORDER = {"name": "p.name", "category": "p.category"}


@dataclass(frozen=True)
class Denomination:
    """Amounts are in minor units, `discount` is a percentage. Fixed when both ends are equal."""

    lowest: int
    highest: int
    discount: Decimal


@dataclass(frozen=True)
class Filters:
    category: str | None = None
    country: str | None = None
    currency: str | None = None
    search: str | None = None

    def sql(self) -> tuple[str, dict[str, Any]]:
        text, values = "", {}
        for name, condition in (
            ("category", "p.category = :category"),
            ("country", "p.country_code = :country"),
            ("currency", "p.currency_code = :currency"),
            ("search", "instr(casefold(p.name), casefold(:search)) > 0"),
        ):
            if getattr(self, name) is not None:
                text += f" AND {condition}"
                values[name] = getattr(self, name)
        return text, values


def find(
    db: Database, client_id: int, filters: Filters, order: tuple[str, str], page: int, limit: int
) -> tuple[list[Any], int]:
    """One page of rows and the total of all pages."""
    conditions, values = filters.sql()
    values["client"] = client_id
    base = f"{VISIBLE} AND p.stock > 0 {conditions}"
    total = db.connection.execute(f"SELECT count(*) {base}", values).fetchone()[0]
    column, direction = ORDER[order[0]], "DESC" if order[1] == "desc" else "ASC"
    sql = f"""SELECT p.*, c.discount AS own_discount {base}
        ORDER BY {column} COLLATE NOCASE {direction}, p.id LIMIT :limit OFFSET :skip"""  # names of our own
    values |= {"limit": limit, "skip": (page - 1) * limit}
    return db.connection.execute(sql, values).fetchall(), total


def visible_product(db: Database, client_id: int, product_id: int) -> Any:
    """The product's row. Answers 404 when it is absent, inactive or hidden from this client."""
    row = db.connection.execute(
        SELECT + " AND p.id = :id", {"client": client_id, "id": product_id}
    ).fetchone()
    if row is None:
        raise not_found("Product not found")
    return row


def denominations(product: Any) -> list[Denomination]:
    """The product's denominations, each with the better of the product's and the client's own discount."""
    own = Decimal(product["own_discount"] or 0)
    return [
        Denomination(lowest, highest, max(Decimal(discount), own))
        for lowest, highest, discount in json.loads(product["denominations"])
    ]


def offered(product: Any, units: int) -> Denomination | None:
    """The denomination for this face value; a fixed one has precedence over a range."""
    fits = [offer for offer in denominations(product) if offer.lowest <= units <= offer.highest]
    return min(fits, key=lambda offer: offer.highest - offer.lowest, default=None)


def listed(product: Any, address: str) -> dict[str, Any]:
    """The product's entry in the list; pictures are at `address`."""
    entry = {name: product[name] for name in LISTED}
    if entry["image_url"]:
        entry["image_url"] = address + entry["image_url"]
    currency = product["currency_code"]
    entry["available_denominations"] = [
        {
            "min_value": from_minor_units(offer.lowest, currency),
            "max_value": from_minor_units(offer.highest, currency),
            "discount": offer.discount,
        }
        for offer in denominations(product)
    ]
    return entry


def detailed(product: Any, address: str) -> dict[str, Any]:
    return listed(product, address) | {name: product[name] for name in ("terms", "details", "how_to_use")}
