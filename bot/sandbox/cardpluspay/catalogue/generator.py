"""Generates the same items from the brands every time: each item code has one face value."""

import hashlib
import json
import string
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain, count, islice
from typing import Any

from bot.sandbox.vendors.brands import BRANDS, LONG_CODE, SCALE, Brand, currency_of, invented
from bot.sandbox.vendors.currencies import minor_units, rounded, usual_rate

ALPHA_2 = {
    "USA": "US", "GBR": "GB", "JPN": "JP", "CAN": "CA", "DEU": "DE", "FRA": "FR", "ESP": "ES", "ITA": "IT",
    "NLD": "NL", "AUT": "AT", "BEL": "BE", "IRL": "IE", "PRT": "PT", "AUS": "AU", "IND": "IN", "BRA": "BR",
    "CHE": "CH", "SWE": "SE", "POL": "PL", "MEX": "MX", "ARE": "AE", "SGP": "SG", "KWT": "KW",
}  # fmt: skip
REGIONS = {
    "us": "USA", "uk": "GBR", "eu": "DEU FRA ESP ITA NLD AUT BEL IRL PRT", "jp": "JPN", "global": "GLO",
}  # fmt: skip
RANGE_VALUES = (10, 25, 50, 100)  # face values of a brand that is sold as a range elsewhere
MOST_VALUES = 4
SOME_PINS = ("Steam", "Google Play", "Paysafecard")
FEE = {"Prepaid": Decimal("-2.5")}  # percent off; negative: these cost more than their face value
DELIVERY = {"The Home Depot": "PHYSICAL", "IKEA": "BOTH"}
TWIN_BRAND, TWIN_REGION = "Nimbus Play Card", "global"  # codes differ from region us by case only
PLENTY, FEW = 100_000, 3
COLUMNS = (
    "item_code", "shelf", "product_name", "brand", "category", "value", "currency", "price", "region",
    "delivery_type", "country_code", "pins", "code_pattern", "stock",
)  # fmt: skip
INSERT = f"INSERT INTO items ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608


Offer = tuple[Brand, str, list[str], int]  # brand, region, markets, and a value before it is scaled


def items(wanted: int | None) -> Iterator[tuple[Any, ...]]:
    """Rows for INSERT: every brand of the list, then invented ones up to `wanted`."""
    known = list(_known())
    more = islice(_unknown(), max(0, (wanted or 0) - len(known)))
    for shelf, offer in enumerate(chain(known[:wanted], more), 1):
        yield _row(shelf, *offer)


def _known() -> Iterator[Offer]:
    for brand in BRANDS:
        for region, countries in REGIONS.items():
            markets = [market for market in countries.split() if market in brand.markets]
            for value in _values(brand) if markets else ():
                yield brand, region, markets, value


def _unknown() -> Iterator[Offer]:
    for number in count():
        brand, market = invented(number)
        yield brand, _region(market), [market], brand.steps[number % len(brand.steps)]


def _region(market: str) -> str:
    known = [region for region, countries in REGIONS.items() if market in countries]
    return known[0] if known else ALPHA_2[market].lower()


def _values(brand: Brand) -> tuple[int, ...]:
    """At most four face values: the brand's fixed ones, or common ones within its range."""
    if brand.values == "range":
        lowest, highest = brand.steps[0], brand.steps[-1]
        return tuple(value for value in RANGE_VALUES if lowest <= value <= highest)
    fixed = brand.steps if brand.values == "fixed" else brand.steps[:-1]
    return fixed[:MOST_VALUES]


def _row(shelf: int, brand: Brand, region: str, markets: list[str], step: int) -> tuple[Any, ...]:
    currency = currency_of(markets[0])
    value = step * SCALE.get(currency, 1)
    everywhere = list(ALPHA_2.values())
    in_dollars = value * usual_rate(currency, "USD")
    price = in_dollars * (1 - percent_off(brand, region) / 100)
    return (
        item_code(brand.name, region, value, currency),
        shelf,
        f"{brand.name} {value} {currency}" + (" (Global)" if region == "global" else ""),
        brand.name,
        brand.category,
        value * 100,
        currency,
        minor_units(rounded(price, "USD"), "USD"),
        region,
        DELIVERY.get(brand.name, "DIGITAL"),
        json.dumps(everywhere if region == "global" else [ALPHA_2[market] for market in markets]),
        _pins(brand),
        brand.code or LONG_CODE,
        FEW if shelf % 60 == 0 else PLENTY,
    )


def percent_off(brand: Brand, region: str) -> Decimal:
    """Close to the brand's usual discount, but never the same round figure as another vendor's."""
    shift = (_digest(f"{brand.name} {region}")[0] % 7 - 3) * Decimal("0.25") + Decimal("0.1")
    return FEE.get(brand.category) or max(Decimal(0), Decimal(brand.discount) + shift)


def item_code(brand: str, region: str, value: int, currency: str) -> str:
    """Opaque to callers: brand, value, currency and four letters, upper and lower case."""
    if (brand, region) == (TWIN_BRAND, TWIN_REGION):
        front, _, letters = item_code(brand, "us", value, currency).rpartition("-")
        return f"{front}-{letters.swapcase()}"
    plain = unicodedata.normalize("NFKD", brand.upper())
    name = "".join(mark for mark in plain if mark in string.ascii_uppercase + string.digits)
    digest = _digest(f"{brand} {region} {value} {currency}")
    letters = "".join(string.ascii_letters[byte % 52] for byte in digest[:4])
    return f"{name[:16]}-{value}{currency}-{letters}"


def _pins(brand: Brand) -> str:
    if brand.name in SOME_PINS:
        return "mixed"
    return "always" if brand.code.startswith("9") else "never"


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
