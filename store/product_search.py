"""Product search: which products fit a wish, the best of them first."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from bot.domain.catalogue import Product
from bot.search.index import SearchIndex
from bot.search.place_names import PlaceNames
from bot.search.posting_lists import Hits, page_of
from bot.search.query_parser import ParsedQuery, QueryParser, QueryTerm
from store.database import Database, marks
from store.products import parsed_face_values, product


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Some of the results, and how many there are in all."""

    products: list[Product]
    total: int


def read_search_index(database: Database) -> SearchIndex:
    """Of what is on sale; it takes longer than a search."""
    columns = ", ".join(SearchIndex.COLUMNS)
    return SearchIndex(
        database.iter_tuples(
            f"SELECT id, sort_name, {columns} FROM products WHERE gone = 0"
            " ORDER BY sort_name, country, currency, id"
        )
    )


class ProductSearch:
    """Searches one state of the catalogue; a changed catalogue needs a new one."""

    def __init__(
        self,
        database: Database,
        index: SearchIndex,
        country_names: Mapping[str, str],
        currency_names: Mapping[str, str],
    ) -> None:
        """Names by code."""
        self._db, self._index = database, index
        self._country_names, self._currency_names = country_names, currency_names

    def search(
        self, text: str, filters: Mapping[str, Collection[str]], limit: int, offset: int
    ) -> SearchPage:
        """`filters` are the values that columns may have."""
        allowed = self._index.all_hits
        for column, values in filters.items():
            allowed &= self._index.columns[column].any_of(values)
        for query in self._query_parser.interpretations(text):
            if hits := allowed & self._matching(query):
                best = page_of(self._best_first(hits, query), limit, offset)
                return SearchPage(self._products([self._index.ids[at] for at in best]), hits.bit_count())
        return SearchPage([], 0)

    @cached_property
    def _query_parser(self) -> QueryParser:
        codes = self._index.columns["currency"]
        currencies = {code: self._currency_names.get(code, code) for code in codes}
        return QueryParser(PlaceNames(self._country_names), currencies, self._index.words)

    @cached_property
    def _face_values(self) -> dict[str, list[tuple[Decimal, Decimal]]]:
        """Far fewer than products: the same few price lists come up again and again."""
        return {text: parsed_face_values(text) for text in self._index.columns["face_values"]}

    def _matching(self, query: ParsedQuery) -> Hits:
        hits = self._index.all_hits
        for term in query.terms:
            hits &= self._matching_term(term)
        if query.amounts:
            hits &= self._index.columns["face_values"].any_of(self._sold_at(query.amounts))
        return hits

    def _matching_term(self, term: QueryTerm) -> Hits:
        named = self._index.all_hits
        for word in term.words:
            named &= self._index.words.with_prefix(word)
        return named | self._sold_in(term)

    def _sold_in(self, criteria: QueryTerm | ParsedQuery) -> Hits:
        columns = self._index.columns
        return columns["country"].any_of(criteria.countries) | columns["currency"].any_of(criteria.currencies)

    def _best_first(self, hits: Hits, query: ParsedQuery) -> list[Hits]:
        """Those whose name begins so, then those of the country, then those of the currency."""
        groups = [hits]
        if query.terms:
            columns = self._index.columns
            for better in (
                self._index.with_prefix(query.prefix),
                columns["country"].any_of(query.countries),
                columns["currency"].any_of(query.currencies),
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
        sql = f"SELECT * FROM products WHERE id IN ({marks(ids)})"
        rows = {row["id"]: row for row in self._db.rows(sql, ids)}
        return [product(rows[product_id]) for product_id in ids]
