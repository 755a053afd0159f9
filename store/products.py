"""Products as rows, and what of them is folded for searching."""

import json
from decimal import Decimal

from bot.domain.catalogue import Denomination, Product
from bot.search.brands import brand_key
from bot.search.text_folding import fold
from store.columns import Row, canonical_json


def product_columns(product: Product) -> Row:
    offered = product.denominations
    return {
        "key": product.key,
        "vendor": product.vendor,
        "kind": product.kind,
        "product_id": product.product_id,
        "name": product.name,
        "sort_name": fold(product.name),
        "category": product.category,
        "country": product.country,
        "currency": product.currency,
        "face_values": canonical_json([[f"{d.minimum:f}", f"{d.maximum:f}"] for d in offered]),
        "discounts": canonical_json([f"{d.discount:f}" for d in offered]),
        "sub_category": product.sub_category,
        "delivery_mode": product.delivery_mode,
        "delivery_time": product.delivery_time,
        "validity": product.validity,
        "image_url": product.image_url,
        "brand": product.brand,
        "brand_key": brand_key(product),
        "gone": 0,
    }


def product(row: Row) -> Product:
    discounts = map(Decimal, json.loads(row["discounts"]))
    bounds = parsed_face_values(row["face_values"])
    return Product(
        vendor=row["vendor"],
        product_id=row["product_id"],
        name=row["name"],
        category=row["category"],
        country=row["country"],
        currency=row["currency"],
        denominations=tuple(Denomination(*b, d) for b, d in zip(bounds, discounts, strict=True)),
        sub_category=row["sub_category"],
        delivery_mode=row["delivery_mode"],
        delivery_time=row["delivery_time"],
        validity=row["validity"],
        image_url=row["image_url"],
        brand=row["brand"],
        kind=row["kind"],
    )


def parsed_face_values(text: str) -> list[tuple[Decimal, Decimal]]:
    """Smallest and largest face value of each denomination."""
    return [(Decimal(low), Decimal(high)) for low, high in json.loads(text)]
