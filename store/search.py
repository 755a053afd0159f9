"""Product search: which products fit a wish, the best of them first."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from bot.domain.catalogue import Product
from store.columns import canonical
from store.database import Database
from store.listing import Listing
from store.places import Places
from store.postings import Hits, page_of
from store.products import parsed_face_values, product
from store.wishes import Interpreter, Term, Wish


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Some of the results, and how many there are in all."""

    products: list[Product]
    total: int


class ProductSearch:
    """Searches one state of the catalogue; a changed catalogue needs a new one."""

    def __init__(
        self,
        database: Database,
        listing: Listing,
        country_names: Mapping[str, str],
        currency_names: Mapping[str, str],
    ) -> None:
        """Names by code."""
        self._db, self._listing = database, listing
        self._country_names, self._currency_names = country_names, currency_names

    def search(
        self, text: str, filters: Mapping[str, Collection[str]], limit: int, offset: int
    ) -> SearchPage:
        """`filters` are the values that columns may have."""
        allowed = self._listing.everything
        for column, values in filters.items():
            allowed &= self._listing.columns[column].any_of(values)
        for wish in self._interpreter.wishes(text):
            if hits := allowed & self._fitting(wish):
                best = page_of(self._best_first(hits, wish), limit, offset)
                return SearchPage(self._products([self._listing.ids[at] for at in best]), hits.bit_count())
        return SearchPage([], 0)

    @cached_property
    def _interpreter(self) -> Interpreter:
        codes = self._listing.columns["currency"]
        currencies = {code: self._currency_names.get(code, code) for code in codes}
        return Interpreter(Places(self._country_names), currencies, self._listing.words)

    @cached_property
    def _face_values(self) -> dict[str, list[tuple[Decimal, Decimal]]]:
        """Far fewer than products: the same few price lists come up again and again."""
        return {text: parsed_face_values(text) for text in self._listing.columns["face_values"]}

    def _fitting(self, wish: Wish) -> Hits:
        hits = self._listing.everything
        for term in wish.terms:
            hits &= self._meant(term)
        if wish.amounts:
            hits &= self._listing.columns["face_values"].any_of(self._sold_at(wish.amounts))
        return hits

    def _meant(self, term: Term) -> Hits:
        named = self._listing.everything
        for word in term.words:
            named &= self._listing.words.beginning(word)
        return named | self._sold_in(term)

    def _sold_in(self, meant: Term | Wish) -> Hits:
        columns = self._listing.columns
        return columns["country"].any_of(meant.countries) | columns["currency"].any_of(meant.currencies)

    def _best_first(self, hits: Hits, wish: Wish) -> list[Hits]:
        """Those whose name begins so, then those of the country, then those of the currency."""
        groups = [hits]
        if wish.terms:
            columns = self._listing.columns
            for better in (
                self._listing.beginning(wish.begins),
                columns["country"].any_of(wish.countries),
                columns["currency"].any_of(wish.currencies),
            ):
                groups = [part for group in groups for part in (group & better, group & ~better)]
        return groups

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
