"""Search as people type: any order, unfinished, misspelt."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from bot.domain.catalogue import Names, Product
from bot.search.text_folding import fold
from store import CatalogueSync, SearchPage
from tests.integration.store.conftest import product
from tests.support.repositories import Repositories

Search = Callable[..., list[str]]

PRODUCTS: list[Product] = [
    product("Steam", "USA", "USD", "20", "50", "100", category="Gaming"),
    product("Steam", "DEU", "EUR", "20", "50", category="Gaming"),
    product("Steam Deck Shop", "USA", "USD", "25", category="Gaming"),
    product("Amazon", "USA", "USD", "1-2000"),
    product("Amazon.de", "DEU", "EUR", "5-500"),
    product("Amazon.co.uk", "GBR", "GBP", "5-500"),
    product("Xbox Gift Card", "USA", "USD", "10", "25", category="Gaming"),
    product("Xbox Gift Card", "GBR", "GBP", "10", "25", category="Gaming"),
    product("Café Zürich", "CHE", "CHF", "50.50", "1250", category="Food"),
    product("7-Eleven", "JPN", "JPY", "1000", category="Food"),
    product("Deliveroo", "GBR", "GBP", "15-100", category="Food"),
    product("H&M", "DEU", "EUR", "10-150"),
    product("Sea World", "ZAF", "ZAR", "200", category="Travel"),
    product("Play Anywhere", "GLO", "USD", "10", category="Gaming"),
    product("Ölçü Market", "TUR", "TRY", "100"),
    product("楽天ギフト", "JPN", "JPY", "500-5000"),
]
COUNTRIES = {
    "USA": "United States",
    "DEU": "Germany",
    "GBR": "United Kingdom",
    "CHE": "Switzerland",
    "JPN": "Japan",
    "ZAF": "South Africa",
    "TUR": "Türkiye",
    "FRA": "France",
}
CURRENCIES = {"USD": "US Dollar", "EUR": "Euro", "GBP": "Pound Sterling", "JPY": "Japanese Yen"}


@pytest.fixture
def search(store: Repositories) -> Search:
    with store.transaction():
        token = CatalogueSync("octopus")
        store.catalogue.put_names(Names(COUNTRIES, CURRENCIES, ()))
        store.catalogue.put(PRODUCTS, token)
        store.catalogue.end_sync(token)

    def found(text: str, **filters: str) -> list[str]:
        page = store.catalogue.search(text, **filters)  # type: ignore[arg-type]
        assert page.total == len(page.products)
        return [f"{product.name} {product.country}" for product in page.products]

    return found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        # brand, country, amount and currency, in any order
        ("steam us 50", ["Steam USA"]),
        ("50 us steam", ["Steam USA"]),
        ("amazon de", ["Amazon.de DEU"]),
        ("amazon germany", ["Amazon.de DEU"]),
        ("xbox usd 25", ["Xbox Gift Card USA"]),
        ("xbox 25gbp", ["Xbox Gift Card GBR"]),
        ("xbox £25 uk", ["Xbox Gift Card GBR"]),
        ("xbox gb", ["Xbox Gift Card GBR"]),
        ("xbox united kingdom", ["Xbox Gift Card GBR"]),
        ("xbox united king", ["Xbox Gift Card GBR"]),
        ("gift america", ["Xbox Gift Card USA"]),
        ("play global", ["Play Anywhere GLO"]),
        ("amazon $2,000", ["Amazon USA"]),
        # a name that only begins, and a single letter
        ("stea", ["Steam DEU", "Steam USA", "Steam Deck Shop USA"]),
        ("x", ["Xbox Gift Card GBR", "Xbox Gift Card USA"]),
        ("h", ["H&M DEU"]),
        ("steam d", ["Steam Deck Shop USA"]),
        # case, accents, punctuation, other scripts
        ("STEAM Deck", ["Steam Deck Shop USA"]),
        ("cafe zurich", ["Café Zürich CHE"]),
        ("CAFÉ", ["Café Zürich CHE"]),
        ("olcu", ["Ölçü Market TUR"]),
        ("h&m", ["H&M DEU"]),
        ("amazon.co.uk", ["Amazon.co.uk GBR"]),
        ("楽天", ["楽天ギフト JPN"]),
        # whole countries and currencies
        ("south africa", ["Sea World ZAF"]),
        ("turkey", ["Ölçü Market TUR"]),
        ("chf", ["Café Zürich CHE"]),
        # numbers: a face value, a range it lies in, decimals, thousands, and names that have some
        ("steam 100", ["Steam USA"]),
        ("deliveroo 99", ["Deliveroo GBR"]),
        ("1,250", ["Amazon USA", "Café Zürich CHE", "楽天ギフト JPN"]),
        ("zurich 50.5", ["Café Zürich CHE"]),
        ("cafe 50,50", ["Café Zürich CHE"]),
        ("1,250 zurich", ["Café Zürich CHE"]),
        ("7 eleven", ["7-Eleven JPN"]),
        ("7-eleven", ["7-Eleven JPN"]),
        ("7 eleven 1000", ["7-Eleven JPN"]),
        # one slip of the finger, in a finished word or not
        ("steem", ["Steam DEU", "Steam USA", "Steam Deck Shop USA"]),
        ("setam us 50", ["Steam USA"]),
        ("delivroo", ["Deliveroo GBR"]),
        ("delliveroo", ["Deliveroo GBR"]),
        ("dwliv", ["Deliveroo GBR"]),
        ("xbxo 10 gb", ["Xbox Gift Card GBR"]),
        # better the brand than nothing
        ("steam 33", ["Steam DEU", "Steam USA", "Steam Deck Shop USA"]),
        ("steam de 100", ["Steam DEU", "Steam Deck Shop USA"]),
        ("steam france", ["Steam DEU", "Steam USA", "Steam Deck Shop USA"]),
        ("steem uk 33", ["Steam DEU", "Steam USA", "Steam Deck Shop USA"]),
        # nothing of the kind
        ("zzzz", []),
    ],
)
def test_people_find_what_they_mean(search: Search, typed: str, found: list[str]) -> None:
    assert search(typed) == found


@pytest.mark.parametrize("typed", ["", "  ", "?!", "€"])
def test_without_a_word_everything_is_shown_by_name(search: Search, typed: str) -> None:
    everything = search(typed)

    assert len(everything) == len(PRODUCTS)
    assert everything[:4] == ["7-Eleven JPN", "Amazon USA", "Amazon.co.uk GBR", "Amazon.de DEU"]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
@example('"')
@example("steam OR")
@example("sort_name: a* (b")
@example("'; DROP TABLE products;--")
@example("a\U000104b0b \U000104b0")  # letters that SQLite does not know as such
@example("x" * 3000)
@example("steem b " * 200)
def test_no_text_breaks_the_search(search: Search, typed: str) -> None:
    assert set(search(typed)) <= {f"{product.name} {product.country}" for product in PRODUCTS}


def test_filters_narrow_what_the_text_finds(search: Search) -> None:
    assert search("amazon", country="GBR") == ["Amazon.co.uk GBR"]
    assert search("", category="Food", currency="GBP") == ["Deliveroo GBR"]
    assert search("steem", currency="EUR") == ["Steam DEU"]
    assert search("steam", category="Travel") == []


def test_results_come_in_pages_that_know_how_many_there_are(store: Repositories, search: Search) -> None:
    everything = store.catalogue.search("", limit=100).products

    pages = [store.catalogue.search("", limit=5, offset=offset) for offset in range(0, 20, 5)]

    assert [product for page in pages for product in page.products] == everything
    assert {page.total for page in pages} == {len(PRODUCTS)}
    assert store.catalogue.search("", offset=100) == SearchPage([], len(PRODUCTS))


def test_what_is_new_is_found_at_once(store: Repositories, search: Search) -> None:
    assert search("nimbus") == []

    with store.transaction():
        store.catalogue.put([product("Nimbus Play")], CatalogueSync("octopus"))

    assert search("nimbsu") == ["Nimbus Play USA"]


def test_what_got_another_name_is_found_by_every_word_of_it(store: Repositories, search: Search) -> None:
    with store.transaction():
        renamed = replace(PRODUCTS[0], name="Steam Wallet Code")
        store.catalogue.put([renamed], CatalogueSync("octopus"))

    assert (
        search("steam usa 20") == search("wallet") == search("code steam wallet") == ["Steam Wallet Code USA"]
    )


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(
        st.sampled_from(["s", "steam", "a", "amazon", "card", "gift", "x", "deck", "shop"]), max_size=3
    ),
    filters=st.fixed_dictionaries(
        {}, optional={"country": st.sampled_from(["USA", "GBR"]), "category": st.just("Gaming")}
    ),
    limit=st.integers(1, 20),
    offset=st.integers(0, 20),
)
def test_a_page_is_what_reading_the_whole_catalogue_would_give(
    store: Repositories, search: Search, words: list[str], filters: dict[str, str], limit: int, offset: int
) -> None:
    expected = sorted(
        (product for product in PRODUCTS if fits(product, words, filters)),
        key=lambda p: (not fold(p.name).startswith("".join(words[:1])), fold(p.name), p.country, p.currency),
    )
    assume(expected)

    page = store.catalogue.search(" ".join(words), limit=limit, offset=offset, **filters)

    assert page == SearchPage(expected[offset : offset + limit], len(expected))


def fits(product: Product, words: list[str], filters: dict[str, str]) -> bool:
    named = fold(product.name).split()
    return all(getattr(product, column) == value for column, value in filters.items()) and all(
        any(name.startswith(word) for name in named) for word in words
    )


def test_a_country_or_currency_counts_more_than_a_name_like_it(store: Repositories, search: Search) -> None:
    with store.transaction():
        token = CatalogueSync("octopus")
        store.catalogue.put([product("Nimbus Europe Delight"), product("Nimbus Zone", "DEU", "EUR")], token)

    assert search("nimbus de") == ["Nimbus Zone DEU", "Nimbus Europe Delight USA"]
    assert search("nimbus euro") == search("nimbus eur")
    assert search("nimbus eur") == ["Nimbus Zone DEU", "Nimbus Europe Delight USA"]
