"""The catalogue as last read from the vendors. A sync writes what changed and nothing else."""

# ruff: noqa: S608  (statements are put together from our own words; values are parameters)

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.domain.catalogue import Denomination, Product
from store.columns import Row, canonical, instant_or_none, stamp
from store.database import Database
from store.facts import Facts
from store.places import Places
from store.search import Interpreter, Wish
from store.words import fold

_SYNCED_AT = "catalogue_synced_at"


@dataclass(frozen=True, slots=True)
class Changes:
    """What putting some products did."""

    written: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Some of the results, and how many there are in all."""

    products: list[Product]
    total: int


@dataclass(slots=True)
class SyncToken:
    """One reading of the catalogue, from `begin_sync` to `end_sync`."""

    seen: set[str]
    providers: set[str]


class Catalogue:
    def __init__(self, database: Database, facts: Facts) -> None:
        self._db = database
        self._facts = facts
        self._interpreter: Interpreter | None = None

    def begin_sync(self) -> SyncToken:
        return SyncToken(set(), set())

    def put(self, products: Sequence[Product], token: SyncToken) -> Changes:
        """Write the products that are new, different, or had been gone."""
        fresh = {row["key"]: row for row in map(_row, products)}
        token.seen.update(fresh)
        token.providers.update(product.provider for product in products)
        table = self._db.table("products")
        sql = "SELECT * FROM products WHERE key IN (SELECT value FROM json_each(?))"
        stored = {row["key"]: row for row in self._db.rows(sql, [canonical(list(fresh))])}
        new = [row for key, row in fresh.items() if key not in stored]
        changed = [row for key, row in fresh.items() if key in stored and stored[key] != stored[key] | row]
        table.insert_all(new)
        for row in changed:
            table.update(stored[row["key"]]["id"], row)
        if new or changed:
            self._interpreter = None
        return Changes(len(new) + len(changed), len(fresh) - len(new) - len(changed))

    def end_sync(self, token: SyncToken) -> int:
        """Mark as gone what is no longer listed; how many. A vendor that listed nothing loses nothing."""
        sql = "SELECT id, key FROM products WHERE NOT gone AND provider IN (SELECT value FROM json_each(?))"
        listed = self._db.rows(sql, [canonical(sorted(token.providers))])
        vanished = [row["id"] for row in listed if row["key"] not in token.seen]
        self._db.write(
            "UPDATE products SET gone = 1 WHERE id IN (SELECT value FROM json_each(?))", [canonical(vanished)]
        )
        self._facts.set(_SYNCED_AT, stamp(self._db.now()))
        if vanished:
            self._interpreter = None
        return len(vanished)

    def put_countries(self, names: Mapping[str, str]) -> None:
        """Names by ISO 3166-1 alpha-3 code; names that are no longer given stay."""
        self._db.table("countries").upsert_all(
            [{"alpha3": alpha3, "name": name} for alpha3, name in names.items()], pk="alpha3"
        )
        self._interpreter = None

    def get(self, key: str) -> Product | None:
        """None when it never was there, and when it is gone."""
        row = self._db.row("SELECT * FROM products WHERE key = ? AND NOT gone", [key])
        return None if row is None else _product(row)

    def was_there(self, key: str) -> bool:
        """True when it is, or once was, in the catalogue."""
        return self._db.row("SELECT 1 FROM products WHERE key = ?", [key]) is not None

    def search(
        self,
        text: str,
        *,
        country: str | None = None,
        category: str | None = None,
        currency: str | None = None,
        limit: int = 20,
        offset: int = 0,
    ) -> SearchPage:
        """Best first. `country` is an alpha-3 code; the three filters are exact."""
        filters = {"country": country, "category": category, "currency": currency}
        chosen = {name: value for name, value in filters.items() if value}
        page = SearchPage([], 0)
        for wish in self._understanding().wishes(text):
            page = self._page(wish, chosen, limit, offset)
            if page.total:
                break
        return page

    def countries(self) -> list[tuple[str, str]]:
        """Alpha-3 codes and names of the countries something is sold in, by name."""
        names = self._country_names()
        sold_in = [(code, names.get(code, code)) for code in self._distinct("country")]
        return sorted(sold_in, key=lambda entry: fold(entry[1]))

    def categories(self) -> list[str]:
        return self._distinct("category")

    def currencies(self) -> list[str]:
        return self._distinct("currency")

    def count(self) -> int:
        return int(self._db.value("SELECT count(*) FROM products WHERE NOT gone"))

    def synced_at(self) -> datetime | None:
        return instant_or_none(self._facts.get(_SYNCED_AT))

    def _page(self, wish: Wish, filters: Mapping[str, str], limit: int, offset: int) -> SearchPage:
        where = ["NOT gone", *(f"{name} = :{name}" for name in filters)]
        parameters: Row = {**filters, "limit": limit, "offset": offset}
        if wish.terms:
            where.append("id IN (SELECT rowid FROM product_words WHERE product_words MATCH :match)")
            parameters |= {"match": wish.match, "begins": wish.begins}
            parameters |= {"countries": canonical(sorted(wish.countries))}
            parameters |= {"currencies": canonical(sorted(wish.currencies))}
        for number, amount in enumerate(wish.amounts):
            where.append(
                f"EXISTS (SELECT 1 FROM json_each(denominations) AS d WHERE CAST(:amount{number} AS REAL)"
                " BETWEEN CAST(d.value ->> 0 AS REAL) AND CAST(d.value ->> 1 AS REAL))"
            )
            parameters[f"amount{number}"] = str(amount)
        best_first = (
            """sort_name >= :begins AND sort_name < :begins || char(0x10ffff) DESC,
            country IN (SELECT value FROM json_each(:countries)) DESC,
            currency IN (SELECT value FROM json_each(:currencies)) DESC,"""
            if wish.terms
            else ""
        )
        chosen = f"FROM products WHERE {' AND '.join(where)}"
        total = self._db.value(f"SELECT count(*) {chosen}", parameters)
        order = f"{best_first} sort_name, country, currency, id"
        sql = f"SELECT * {chosen} ORDER BY {order} LIMIT :limit OFFSET :offset"
        return SearchPage([_product(row) for row in self._db.rows(sql, parameters)], int(total))

    def _distinct(self, column: str) -> list[str]:
        sql = f"SELECT DISTINCT {column} AS value FROM products WHERE NOT gone ORDER BY 1"
        return [row["value"] for row in self._db.rows(sql)]

    def _country_names(self) -> dict[str, str]:
        rows = self._db.rows("SELECT alpha3, name FROM countries")
        return {"GLO": "Global"} | {row["alpha3"]: row["name"] for row in rows}

    def _understanding(self) -> Interpreter:
        if self._interpreter is None:
            places = Places(self._country_names())
            self._interpreter = Interpreter(places, self._distinct("currency"), self._distinct("sort_name"))
        return self._interpreter

    def _forget(self, changed: bool) -> None:  # noqa: FBT001
        if changed:
            self._interpreter = None


def _row(product: Product) -> Row:
    denominations = [[f"{d.minimum:f}", f"{d.maximum:f}", f"{d.discount:f}"] for d in product.denominations]
    return {
        "key": product.key,
        "provider": product.provider,
        "product_id": product.product_id,
        "name": product.name,
        "sort_name": fold(product.name),
        "category": product.category,
        "country": product.country,
        "currency": product.currency,
        "denominations": canonical(denominations),
        "sub_category": product.sub_category,
        "delivery_mode": product.delivery_mode,
        "delivery_time": product.delivery_time,
        "validity": product.validity,
        "image_url": product.image_url,
        "gone": 0,
    }


def _product(row: Row) -> Product:
    return Product(
        provider=row["provider"],
        product_id=row["product_id"],
        name=row["name"],
        category=row["category"],
        country=row["country"],
        currency=row["currency"],
        denominations=tuple(
            Denomination(Decimal(low), Decimal(high), Decimal(discount))
            for low, high, discount in json.loads(row["denominations"])
        ),
        sub_category=row["sub_category"],
        delivery_mode=row["delivery_mode"],
        delivery_time=row["delivery_time"],
        validity=row["validity"],
        image_url=row["image_url"],
    )
