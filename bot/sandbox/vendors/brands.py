"""The brands that vendors sell, and the countries in which each is sold; see brands.csv."""

import csv
import secrets
from pathlib import Path
from typing import NamedTuple

GROUPS = {
    "EVERYWHERE": "USA GBR DEU FRA ESP ITA NLD CAN AUS JPN IND BRA AUT BEL CHE SWE POL MEX",
    "EURO": "DEU FRA ESP ITA NLD AUT BEL IRL PRT",
    "ENGLISH": "USA GBR CAN AUS",
}


CURRENCY_OF = {
    "USA": "USD", "GBR": "GBP", "CAN": "CAD", "AUS": "AUD", "JPN": "JPY", "IND": "INR", "BRA": "BRL",
    "CHE": "CHF", "SWE": "SEK", "POL": "PLN", "MEX": "MXN", "ARE": "AED", "SGP": "SGD", "KWT": "KWD",
    "GLO": "USD",
}  # fmt: skip
MARKETS = (*CURRENCY_OF, "DEU", "FRA", "ESP", "ITA", "NLD")
# A card of 25 euros is one of 2,500 yen: round denominations, not converted ones.
SCALE = {"JPY": 100, "INR": 50, "BRL": 5, "SEK": 10, "PLN": 4, "MXN": 20, "AED": 4}
INVENTED = (
    ("Amber", "Birch", "Coral", "Delta", "Ember", "Fjord", "Garnet", "Harbour", "Indigo", "Jasper", "Maple"),
    ("Arcade", "Bazaar", "Cinema", "Deli", "Emporium", "Foods", "Games", "Hotel", "Kitchen", "Records"),
)
LONG_CODE = "AAAA-AAAA-AAAA-AAAA"  # short patterns would run out of codes
# Without I, O, 0 and 1, which are easily confused on printed cards.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Brand(NamedTuple):
    """`code`: A stands for a letter or digit, 9 for a digit; empty for cards delivered as a URL."""

    name: str
    category: str
    sub_category: str | None
    markets: tuple[str, ...]  # alpha-3
    values: str  # fixed, range or mixed
    discount: str  # percent off face value; each country's differs a little
    code: str
    steps: tuple[int, ...]  # face values, or the ends of the range


def currency_of(market: str) -> str:
    return CURRENCY_OF.get(market, "EUR")


def invented(number: int) -> tuple[Brand, str]:
    """An invented brand and market, modelled on the list; the same for the same number."""
    like = BRANDS[number % len(BRANDS)]
    first, last = INVENTED[0][number % 11], INVENTED[1][number // 11 % 10]
    brand = like._replace(name=f"{first} {last} {number + 1:05d}", code=like.code and LONG_CODE)
    return brand, MARKETS[number % len(MARKETS)]


def filled(pattern: str) -> str:
    """A random code: A becomes a letter or digit, 9 a digit; leading capitals such as NMB stay."""
    if pattern.startswith("NMB"):
        return "NMB" + filled(pattern[3:])
    choices = {"A": LETTERS, "9": "0123456789"}
    return "".join(secrets.choice(choices[mark]) if mark in choices else mark for mark in pattern)


def _brand(row: dict[str, str]) -> Brand:
    markets = " ".join(GROUPS.get(word, word) for word in row["markets"].split())
    return Brand(
        name=row["name"],
        category=row["category"],
        sub_category=row["sub_category"] or None,
        markets=tuple(markets.split()),
        values=row["values"],
        discount=row["discount"],
        code=row["code"],
        steps=tuple(map(int, row["steps"].split())),
    )


with (Path(__file__).parent / "brands.csv").open(encoding="utf-8", newline="") as file:
    BRANDS = tuple(map(_brand, csv.DictReader(file)))
