"""Generates the same product rows from the brands every time."""

import json
import random
import re
from collections.abc import Iterator
from typing import Any

from bot.sandbox.vendors.brands import BRANDS, SCALE, Brand, currency_of, invented
from bot.sandbox.vendors.currencies import precision_of

FIRST_ID = 8101
PLENTY = 100_000
COLUMNS = (
    "id", "name", "category", "sub_category", "country_code", "currency_code", "image_url", "delivery_mode",
    "delivery_time", "validity", "terms", "details", "how_to_use", "denominations", "code_pattern", "stock",
)  # fmt: skip
INSERT = f"INSERT INTO products ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608


def products(wanted: int | None) -> Iterator[tuple[Any, ...]]:
    """Rows for INSERT: every brand in each of its markets, then invented ones up to `wanted`."""
    chance = random.Random()
    known = [(brand, market) for brand in BRANDS for market in brand.markets]
    for number, (brand, market) in enumerate(known[:wanted]):
        chance.seed(f"{brand.name} {market}")
        yield _row(FIRST_ID + number, brand, market, chance)
    for number in range(len(known), wanted or 0):
        chance.seed(number)  # an integer seeds faster than a text, which matters with fifty thousand products
        yield _row(FIRST_ID + number, *invented(number), chance)


def _row(number: int, brand: Brand, market: str, chance: random.Random) -> tuple[Any, ...]:
    currency = currency_of(market)
    validity = chance.choice(
        ("12 months", "24 months", "24 months", "36 months", "10 years", "No expiry", None)
    )
    delayed = brand.category == "Travel" and chance.random() < 0.3
    stock = 3 if chance.random() < 0.02 else PLENTY
    return (
        number,
        brand.name,
        brand.category,
        brand.sub_category,
        market,
        currency,
        None if chance.random() < 0.1 else f"/images/{re.sub('[^a-z0-9]+', '-', brand.name.lower())}.png",
        "Code with PIN" if brand.code else "URL",
        "Delayed" if delayed else "Instant",
        validity,
        f"Valid in {market} only. Cannot be exchanged for cash. Validity: {validity or 'see the card'}."
        if chance.random() < 0.8
        else None,
        f"{brand.name} credit, sent as {'a code' if brand.code else 'a link'}."
        if chance.random() < 0.9
        else None,
        _how_to_use(brand) if chance.random() < 0.8 else None,
        json.dumps(_denominations(brand, currency, chance)),
        brand.code,
        stock,
    )


def _how_to_use(brand: Brand) -> str:
    if not brand.code:
        return f"Open the link, confirm the value and add it to your {brand.name} account."
    return f"Sign in to {brand.name}, choose Redeem, type the code and confirm with the PIN."


def _denominations(brand: Brand, currency: str, chance: random.Random) -> list[tuple[int, int, str]]:
    """(lowest, highest, percent off) in minor units; lowest equals highest for a fixed denomination."""
    one = SCALE.get(currency, 1) * 10 ** precision_of(currency)
    percent = max(0.0, float(brand.discount) + chance.choice((-0.5, 0.0, 0.0, 0.5)))
    steps = [step * one for step in brand.steps]
    if brand.values == "range":
        return [(steps[0], steps[-1], f"{percent:.1f}")]
    if brand.values == "fixed":
        return [(step, step, f"{percent:.1f}") for step in steps]
    fixed = [(step, step, f"{percent:.1f}") for step in steps[:-2]]
    return [*fixed, (steps[-2], steps[-1], f"{max(0.0, percent - 1.5):.1f}")]
