"""The catalogue as last read from the vendors. A sync writes what changed and nothing else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.catalogue import Names, Product
from bot.search.index import SearchIndex
from bot.search.text_folding import fold
from store.columns import from_timestamp_or_none, to_timestamp
from store.database import Database, marks
from store.key_values import KeyValues
from store.product_search import ProductSearch, SearchPage, read_search_index
from store.products import product as product_of
from store.products import product_columns

_SYNCED_AT = "catalogue_synced_at"


@dataclass(frozen=True, slots=True)
class SyncCounts:
    """What putting some products did."""

    written: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class CatalogueSync:
    """One reading of a vendor's catalogue, from `begin_sync` to `end_sync`: what was listed."""

    vendor: str
    keys: set[str] = field(default_factory=set)


class Catalogue:
    def __init__(self, database: Database, key_values: KeyValues) -> None:
        self._db = database
        self._key_values = key_values
        self._product_search: ProductSearch | None = None
        self.version = 0  # goes up with each change
        self._vendors_cache: frozenset[str] | None = None  # that something is sold by

    def put(self, products: Sequence[Product], sync: CatalogueSync) -> SyncCounts:
        """Write the products that are new, different, or had been gone."""
        fresh = {row["key"]: row for row in map(product_columns, products)}
        sql = f"SELECT * FROM products WHERE key IN ({marks([*fresh])})"
        stored = {row["key"]: row for row in self._db.rows(sql, [*fresh])}
        new = [row for key, row in fresh.items() if key not in stored]
        changed = [row for key, row in fresh.items() if key in stored and stored[key] != stored[key] | row]
        self._db.insert_all("products", new)
        for row in changed:
            self._db.update("products", stored[row["key"]]["id"], row)
        sync.keys.update(fresh)
        if new or changed:
            self._invalidate_caches()
        return SyncCounts(len(new) + len(changed), len(fresh) - len(new) - len(changed))

    def end_sync(self, sync: CatalogueSync) -> int:
        """Mark as gone what is no longer listed; how many. A vendor that listed nothing loses nothing."""
        vanished = self._not_listed(sync) if sync.keys else []
        for product_id in vanished:
            self._db.update("products", product_id, {"gone": 1})
        self._key_values.set(f"{_SYNCED_AT}:{sync.vendor}", to_timestamp(self._db.now()))
        if vanished:
            self._invalidate_caches()
        return len(vanished)

    def put_names(self, names: Names) -> None:
        """What the vendor calls things. A name that is no longer given stays."""
        known = {(kind, code): name for kind, code, name in self._names()}
        given = [
            *(("country", code, name) for code, name in names.countries.items()),
            *(("currency", code, name) for code, name in names.currencies.items()),
            *(("category", name, name) for name in names.categories),
        ]
        new = [row for row in given if known.get(row[:2]) != row[2]]
        for kind, code, name in new:
            self._db.upsert("names", {"kind": kind, "code": code, "name": name}, key=("kind", "code"))
        if new:
            self._invalidate_caches()

    def get(self, key: str) -> Product | None:
        """None when it never was there, and when it is gone."""
        row = self._db.row("SELECT * FROM products WHERE key = ? AND gone = 0", [key])
        return None if row is None else product_of(row)

    def ever_listed(self, key: str) -> bool:
        """True when it is, or once was, in the catalogue."""
        return self._db.row("SELECT 1 FROM products WHERE key = ?", [key]) is not None

    def alternatives_of(self, products: Sequence[Product]) -> dict[str, list[Product]]:
        """By product key, the same brand, country and currency at other vendors, where there are any."""
        keys = [product.key for product in products]
        sql = f"""
            SELECT of_it.key AS of_key, other.* FROM products of_it
            JOIN products other ON other.brand_key = of_it.brand_key AND other.vendor <> of_it.vendor
            WHERE of_it.key IN ({marks(keys)}) AND of_it.brand_key <> '' AND other.gone = 0
            ORDER BY other.sort_name, other.id
        """
        found: dict[str, list[Product]] = {}
        for row in self._db.rows(sql, keys):
            found.setdefault(row["of_key"], []).append(product_of(row))
        return found

    def search(
        self,
        text: str,
        *,
        country: str | None = None,
        category: str | None = None,
        currency: str | None = None,
        vendors: Collection[str] | None = None,
        limit: int = 20,
        offset: int = 0,
    ) -> SearchPage:
        """Best first. `country` is an alpha-3 code; the filters are exact. `vendors` None: any vendor's."""
        filters = {"country": country, "category": category, "currency": currency}
        chosen: dict[str, Collection[str]] = {c: [value] for c, value in filters.items() if value}
        if vendors is not None and not self._vendors_with_products <= set(vendors):
            chosen["vendor"] = vendors
        if self._product_search is None:
            self._product_search = self._new_search(read_search_index(self._db))
        return self._product_search.search(text, chosen, limit, offset)

    def use_search_index(self, index: SearchIndex, version: int) -> None:
        """Search in this from now on, unless the catalogue has changed since it had that `version`."""
        if self._product_search is None and version == self.version:
            self._product_search = self._new_search(index)

    def _new_search(self, index: SearchIndex) -> ProductSearch:
        return ProductSearch(self._db, index, self._country_names(), self._named("currency"))

    def countries(self) -> list[tuple[str, str]]:
        """Alpha-3 codes and names of the countries something is sold in, by name."""
        names = self._country_names()
        sold_in = [(code, names.get(code, code)) for code in self._distinct("country")]
        return sorted(sold_in, key=lambda entry: fold(entry[1]))

    def categories(self) -> list[str]:
        """Those something is sold in."""
        return self._distinct("category")

    def all_categories(self) -> list[str]:
        """Those the vendors know, whether something is sold in them or not."""
        return sorted({*self._named("category"), *self.categories()})

    def currencies(self) -> list[tuple[str, str]]:
        """Codes and names of the currencies something is sold in, by code."""
        names = self._named("currency")
        return [(code, names.get(code, code)) for code in self._distinct("currency")]

    def synced_at(self, vendor: str) -> datetime | None:
        """When its catalogue was last read to the end."""
        return from_timestamp_or_none(self._key_values.get(f"{_SYNCED_AT}:{vendor}"))

    @property
    def _vendors_with_products(self) -> frozenset[str]:
        if self._vendors_cache is None:
            self._vendors_cache = frozenset(self._distinct("vendor"))
        return self._vendors_cache

    def _invalidate_caches(self) -> None:
        """What was worked out from a catalogue that has changed since."""
        self._product_search = self._vendors_cache = None
        self.version += 1

    def _not_listed(self, sync: CatalogueSync) -> list[int]:
        rows = self._db.iter_tuples(
            "SELECT id, key FROM products WHERE gone = 0 AND vendor = ?", [sync.vendor]
        )
        return [product_id for product_id, key in rows if key not in sync.keys]

    def _distinct(self, column: str) -> list[str]:
        sql = f"SELECT DISTINCT {column} AS value FROM products WHERE gone = 0 ORDER BY 1"
        return [row["value"] for row in self._db.rows(sql)]

    def _country_names(self) -> dict[str, str]:
        return {"GLO": "Global"} | self._named("country")

    def _named(self, kind: str) -> dict[str, str]:
        return {code: name for of_kind, code, name in self._names() if of_kind == kind}

    def _names(self) -> list[tuple[str, str, str]]:
        rows = self._db.rows("SELECT kind, code, name FROM names")
        return [(row["kind"], row["code"], row["name"]) for row in rows]
