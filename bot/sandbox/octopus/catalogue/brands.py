"""The brands on the shelf, and in which countries each is sold; see brands.csv."""

import csv
from pathlib import Path
from typing import NamedTuple

GROUPS = {
    "EVERYWHERE": "USA GBR DEU FRA ESP ITA NLD CAN AUS JPN IND BRA AUT BEL CHE SWE POL MEX",
    "EURO": "DEU FRA ESP ITA NLD AUT BEL IRL PRT",
    "ENGLISH": "USA GBR CAN AUS",
}


class Brand(NamedTuple):
    """`code`: A stands for a letter or digit, 9 for a digit; an empty one is delivered as a URL."""

    name: str
    category: str
    sub_category: str | None
    markets: tuple[str, ...]  # alpha-3
    values: str  # fixed, range or mixed
    discount: str  # percent off face value, before it varies a little by country
    code: str
    steps: tuple[int, ...]  # face values, or the ends of the range


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
