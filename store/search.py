"""Product search in SQL: which products fit a wish, the best of them first."""

# ruff: noqa: S608  (statements are put together from our own words; values are parameters)

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from bot.domain.catalogue import Product
from store.columns import Row, canonical
from store.database import Database
from store.places import Places
from store.products import parsed_face_values, product
from store.wishes import Interpreter, Wish

_NAMED = "FROM product_words WHERE product_words MATCH :match"
_SOLD_AT = "face_values IN (SELECT value FROM json_each(:sold_at))"
_BY_NAME = "sort_name, country, currency, id"
_BEST_FIRST = f"""
    sort_name >= :begins AND sort_name < :begins || char(0x10ffff) DESC,
    country IN (SELECT value FROM json_each(:countries)) DESC,
    currency IN (SELECT value FROM json_each(:currencies)) DESC,
    {_BY_NAME}
"""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Some of the results, and how many there are in all."""

    products: list[Product]
    total: int


class ProductSearch:
    """Searches one state of the catalogue; a changed catalogue needs a new one."""

    def __init__(
        self, database: Database, country_names: Mapping[str, str], currency_names: Mapping[str, str]
    ) -> None:
        """Names by code."""
        self._db = database
        self._country_names, self._currency_names = country_names, currency_names

    def search(self, text: str, filters: Mapping[str, str], limit: int, offset: int) -> SearchPage:
        """`filters` are exact values of columns."""
        page = SearchPage([], 0)
        for wish in self._interpreter.wishes(text):
            page = self._page(wish, filters, limit, offset)
            if page.total:
                break
        return page

    @cached_property
    def _interpreter(self) -> Interpreter:
        currencies = {code: self._currency_names.get(code, code) for code in self._distinct("currency")}
        return Interpreter(Places(self._country_names), currencies, self._distinct("sort_name"))

    @cached_property
    def _face_values(self) -> dict[str, list[tuple[Decimal, Decimal]]]:
        """Far fewer than products: the same few price lists come up again and again."""
        return {text: parsed_face_values(text) for text in self._distinct("face_values")}

    def _page(self, wish: Wish, filters: Mapping[str, str], limit: int, offset: int) -> SearchPage:
        where = [f"{column} = :{column}" for column in filters]
        parameters: Row = dict(filters)
        if wish.amounts:
            where.append(_SOLD_AT)
            parameters["sold_at"] = canonical(self._sold_at(wish.amounts))
        if wish.terms:
            where.append(f"id IN (SELECT rowid {_NAMED})")
            parameters["match"] = wish.match
        fitting = f"FROM products WHERE {' AND '.join(['NOT gone', *where])}"
        # The index of words alone counts in a tenth of the time, and it holds nothing that is gone.
        counted = _NAMED if wish.terms and len(where) == 1 else fitting
        total = int(self._db.value(f"SELECT count(*) {counted}", parameters))
        order = _BEST_FIRST if wish.terms else _BY_NAME
        # `+` keeps the index of face values out of it, whose thousands of hits would all have to be sorted.
        unsorted = fitting.replace(_SOLD_AT, f"+{_SOLD_AT}")
        best = f"SELECT id {unsorted} ORDER BY {order} LIMIT :limit OFFSET :offset"
        parameters |= {"limit": limit, "offset": offset, "begins": wish.begins}
        parameters["countries"] = canonical(sorted(wish.countries))
        parameters["currencies"] = canonical(sorted(wish.currencies))
        return SearchPage(self._products([row["id"] for row in self._db.rows(best, parameters)]), total)

    def _sold_at(self, amounts: tuple[Decimal, ...]) -> list[str]:
        return [
            text
            for text, bounds in self._face_values.items()
            if all(any(low <= amount <= high for low, high in bounds) for amount in amounts)
        ]

    def _products(self, ids: list[int]) -> list[Product]:
        sql = "SELECT * FROM products WHERE id IN (SELECT value FROM json_each(?))"
        rows = {row["id"]: row for row in self._db.rows(sql, [canonical(ids)])}
        return [product(rows[product_id]) for product_id in ids]

    def _distinct(self, column: str) -> list[str]:
        sql = f"SELECT DISTINCT {column} AS value FROM products WHERE NOT gone"
        return [row["value"] for row in self._db.rows(sql)]
