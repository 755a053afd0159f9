"""What people type after `/giftcard`, however they type it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.search_catalogue import SearchQuery
from handlers.command_parser import (
    FilterOptions,
    QuoteCommand,
    UsageError,
    closest_match,
    parse_quote,
    parse_search,
    split_words,
    unescape,
)

SHELVES = FilterOptions(
    countries=[("DEU", "Germany"), ("GBR", "United Kingdom"), ("USA", "United States of America")],
    categories=["Gaming", "Food & Drink", "Fashion"],
    vendors=frozenset({"octopus"}),
    currencies=[("GBP", "Pound Sterling"), ("EUR", "Euro")],
)


def search(text: str) -> SearchQuery:
    return parse_search(split_words(unescape(text)), SHELVES)


def price(text: str) -> QuoteCommand:
    return parse_quote(split_words(unescape(text)), SHELVES)


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("AT&amp;T", "AT&T"),
        ("a &lt;b&gt;", "a <b>"),
        ("&amp;lt;", "&lt;"),
        ("<http://hotels.com|hotels.com>", "hotels.com"),
        ("<https://hotels.com/a>", "https://hotels.com/a"),
        ("<mailto:a@example.com|a@example.com>", "a@example.com"),
        ("<@U0AGENT01|ava>", "@ava"),
        ("<#C0GENERAL1|general>", "#general"),
        ("<!here>", "@here"),
    ],
)
def test_slacks_escaping_is_undone(sent, typed):
    assert unescape(sent) == typed


@pytest.mark.parametrize(
    "text",
    [
        'steam country:"United Kingdom" category:gaming currency:gbp',
        "  STEAM   Country:gb  CATEGORY:Gaming   currency:GBP ".replace("STEAM", "steam"),
        "country:GBR steam currency: GBP category: Gaming",
        "country:uk category:“Gaming” steam currency:GBP",
        "steam country:uk category:Gaming currency:“pound sterling”",
    ],
)
def test_filters_are_read_in_any_order_case_and_spelling(text):
    assert search(text) == SearchQuery("steam", country="GBR", category="Gaming", currency="GBP")


def test_a_category_with_special_characters_is_found():
    assert search('category:"Food &amp; Drink"').category == "Food & Drink"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("contry:USA", "Did you mean country:?"),
        ("country:Germny", "Did you mean country:Germany?"),
        ('country:"Unted Kingdom"', 'Did you mean country:"United Kingdom"?'),
        ("category:Gamng", "Did you mean category:Gaming?"),
        ("category:zzzz", "There are Gaming, Food & Drink, Fashion."),
        ("currency:dollars", "such as currency:USD"),
        ("steam country:", "such as country:USA"),
    ],
)
def test_a_filter_that_makes_no_sense_gets_a_hint(text, hint):
    with pytest.raises(UsageError, match=hint.replace("?", r"\?")):
        search(text)


@pytest.mark.parametrize("text", ["https://example.com/x", "octopus:8101", "12:30", "a : b"])
def test_words_with_a_colon_that_are_no_filter_stay_words(text):
    assert search(text).text == text


@pytest.mark.parametrize("times", ["x3", "X3", "3x", "×3", "x 3"])
def test_a_quantity_is_read_however_it_is_written(times):
    for text in (f"steam 50 {times}", f"steam {times} 50"):
        assert price(text) == QuoteCommand(SearchQuery("steam"), Decimal(50), 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("octopus:8101 25", QuoteCommand(SearchQuery("octopus:8101"), Decimal(25))),
        ('"Xbox Game Pass" 1,250.50', QuoteCommand(SearchQuery("Xbox Game Pass"), Decimal("1250.50"))),
        ("7 eleven 20", QuoteCommand(SearchQuery("7 eleven"), Decimal(20))),
        ("steam", QuoteCommand(SearchQuery("steam"))),
        ("steam 50 usd", QuoteCommand(SearchQuery("steam", currency="USD"), Decimal(50))),
        ("steam USD 50 x2", QuoteCommand(SearchQuery("steam", currency="USD"), Decimal(50), 2)),
        ("hotels for all 20", QuoteCommand(SearchQuery("hotels for all"), Decimal(20))),
        ("steam 50 country:de", QuoteCommand(SearchQuery("steam", country="DEU"), Decimal(50))),
        ("", QuoteCommand(SearchQuery())),
    ],
)
def test_product_amount_and_currency_are_told_apart(text, expected):
    assert price(text) == expected


@pytest.mark.parametrize("amount", ["0", "-5", "20,5", "1.2.3"])
def test_a_wrong_amount_is_named(amount):
    with pytest.raises(UsageError):
        price(f"steam {amount}")


@given(st.text(max_size=300))
def test_no_text_breaks_the_parsers(text):
    words = split_words(unescape(text))
    for parse in (parse_search, parse_quote):
        try:
            parse(words, SHELVES)
        except UsageError as error:
            assert str(error)


@given(st.lists(st.text("abcé12.-& ", min_size=1, max_size=20).filter(str.strip), max_size=8))
def test_quoted_phrases_are_one_word_each(phrases):
    typed = "  ".join(f'"{phrase}"' for phrase in phrases)
    assert split_words(typed) == [phrase.strip() for phrase in phrases]


@given(st.text("abc", min_size=1, max_size=9), st.integers(1, 999), st.integers(1, 99))
def test_a_quote_is_read_back_as_it_was_written(brand, amount, quantity):
    assert price(f"{brand} {amount} x{quantity}") == QuoteCommand(
        SearchQuery(brand), Decimal(amount), quantity
    )


def test_the_nearest_word_is_suggested_only_when_it_is_near():
    assert closest_match("serch", ["search", "status", "mine"]) == "search"
    assert closest_match("zzzzzz", ["search", "status", "mine"]) is None
