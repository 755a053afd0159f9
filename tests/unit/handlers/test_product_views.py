"""Search results, quotes, wallets and details as people see them."""

from decimal import Decimal
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.catalogue import Denomination, Product, ProductDetails, Wallet
from bot.domain.money import Money
from bot.domain.quotes import Quote
from bot.services.quote_order import StoredQuote
from bot.services.search_catalogue import PAGE, SearchQuery, SearchResults
from bot.services.show_balance import Balances
from handlers import ids
from handlers.views.products import (
    MAX_QUERY_LENGTH,
    SearchResultsPage,
    amounts,
    candidates,
    details,
    details_loading,
    search_results,
)
from handlers.views.quotes import quote_message
from handlers.views.wallets import balances
from tests.support.every import assert_every
from tests.support.terms import gift_card_terms
from tests.unit.handlers.block_kit_checks import buttons, check_message, check_view, said
from tests.unit.handlers.order_factories import NOON, any_text, some_text


def a_product(**parts: Any) -> Product:
    whole: dict[str, Any] = {
        "vendor": "octopus",
        "product_id": "8101",
        "name": "Steam",
        "category": "Gaming",
        "country": "USA",
        "currency": "USD",
        "denominations": tuple(
            Denomination(Decimal(v), Decimal(v), Decimal(d)) for v, d in ((20, 3), (50, 4))
        ),
        "delivery_mode": "Code with PIN",
        "delivery_time": "Instant",
        "validity": "24 months",
    }
    return Product(**whole | parts)


def a_quote(**parts: Any) -> StoredQuote:
    whole: dict[str, Any] = {
        "terms": gift_card_terms("octopus", "8101", Money(Decimal(50), "USD"), 3, "32"),
        "discount": Money(Decimal("4.50"), "USD"),
        "discount_percent": Decimal("3.00"),
        "charge": Money(Decimal("134.90"), "EUR"),
        "forex_rate": Decimal("0.92340"),
        "fee": Money(Decimal("0.55"), "EUR"),
        "tax": None,
        "max_quantity": 100,
        "wallet_balance": Money(Decimal(1000), "EUR"),
        "quoted_at": NOON,
    }
    return StoredQuote(1, Quote(**whole | parts), a_product())


_amounts = st.decimals(Decimal("0.01"), Decimal(10**6), places=2)
_denominations = st.builds(
    lambda pair, discount: Denomination(min(pair), max(pair), discount),
    st.tuples(_amounts, _amounts) | _amounts.map(lambda amount: (amount, amount)),
    st.sampled_from([Decimal(0), Decimal("2.50")]),
)
products = st.builds(
    a_product,
    product_id=st.text("0123456789ABC", min_size=1, max_size=40),
    name=any_text,
    category=any_text,
    country=st.sampled_from(["USA", "GLO", "XYZ"]),
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
    denominations=st.lists(_denominations, min_size=1, max_size=60).map(tuple),
    delivery_mode=some_text,
    delivery_time=some_text,
    validity=some_text,
    image_url=st.sampled_from([None, "https://cdn.example.com/8101.png", "http://x", "javascript:1"]),
)
queries = st.builds(
    SearchQuery,
    text=any_text.map(lambda text: text[:MAX_QUERY_LENGTH]),
    country=st.sampled_from([None, "USA"]),
    category=st.none() | any_text.map(lambda text: text[:100]),
    currency=st.sampled_from([None, "USD"]),
)


def test_a_result_says_what_a_choice_depends_on():
    words = said(search_results(SearchQuery("steam"), SearchResults((a_product(),), 1, 0)).blocks)
    for fact in (
        "*Steam* · United States · Gaming",
        "USD 20, 50",
        "Delivery: Code with PIN, Instant",
        "Valid: 24 months",
        "Discount: up to 4 %",
    ):
        assert fact in words


def test_a_page_in_the_middle_leads_both_ways_with_the_same_query():
    query = SearchQuery("steam", country="USA", currency="USD")
    page = search_results(query, SearchResults((a_product(),) * PAGE, 12, PAGE))
    pages = {
        label: SearchResultsPage.model_validate_json(b["value"])
        for label, b in buttons(page.blocks).items()
        if label in ("Previous", "Next")
    }
    assert {label: page.offset for label, page in pages.items()} == {"Previous": 0, "Next": 2 * PAGE}
    assert_every(pages.values(), lambda page: page.query == query)


def test_the_last_page_leads_back_only():
    last = search_results(SearchQuery(), SearchResults((a_product(),) * 2, PAGE + 2, PAGE))
    assert "Next" not in buttons(last.blocks) and "Previous" in buttons(last.blocks)


def test_finding_nothing_says_what_to_try():
    assert (
        "Leave a filter out"
        in search_results(SearchQuery("steam", country="USA"), SearchResults((), 0, 0)).text
    )
    assert "Try another spelling" in search_results(SearchQuery("staem"), SearchResults((), 0, 0)).text


@given(queries, st.lists(products, max_size=PAGE), st.integers(0, 300))
def test_slack_takes_every_page_of_results(query, found, offset):
    check_message(search_results(query, SearchResults(tuple(found), offset + len(found) + 7, offset)))


@example([a_product(delivery_mode="SANDBOX")], None, 1)
@given(st.lists(products, min_size=1, max_size=PAGE), st.none() | _amounts, st.integers(1, 10**9))
def test_slack_takes_every_choice_of_products_and_amounts(some, amount, quantity):
    found = SearchResults(tuple(some), len(some) + quantity % 9, 0)
    check_message(candidates(found, amount=amount, quantity=quantity))
    check_message(amounts(some[0], quantity))


@given(products, st.builds(ProductDetails, terms=some_text, details=some_text, how_to_use=some_text))
def test_slack_takes_every_detail(product, texts):
    for environment in ("live", "sandbox"):
        check_view(details(product, texts, environment))
        check_view(details_loading(environment))


def test_amounts_are_buttons_that_ask_for_their_price():
    asked = buttons(amounts(a_product(), 3).blocks)
    assert {label: button["value"] for label, button in asked.items()} == {
        "USD 20.00": "octopus:8101 20 3",
        "USD 50.00": "octopus:8101 50 3",
    }
    assert len({button["action_id"] for button in asked.values()}) == 2
    assert_every(asked.values(), lambda button: button["action_id"].startswith(ids.SHOW_QUOTE))


def test_what_costs_more_than_its_face_value_says_so():
    dear = (Denomination(Decimal(20), Decimal(20), Decimal("-2.5")),)
    words = said(
        search_results(SearchQuery("steam"), SearchResults((a_product(denominations=dear),), 1, 0)).blocks
    )
    assert "Costs 2.5 % more than its face value" in words and "Discount" not in words


def test_a_quote_leads_from_face_value_to_the_wallet_afterwards():
    words = said(quote_message(a_quote(), "Octopus Cards").blocks)
    for fact in (
        "3 cards at USD 50.00 Steam (United States)",
        "*Face value*\nUSD 150.00",
        "*Discount*\nUSD 4.50 (3 %)",
        "1 USD = 0.9234 EUR",
        "*Fee*\nEUR 0.55",
        "*Charge*\n*EUR 134.90*",
        "*Wallet now*\nEUR 1,000.00",
        "*Wallet after*\nEUR 865.10",
        "An estimate, valid until <!date^1795262700^{time}|12:05 UTC>",
    ):
        assert fact in words


def test_a_quote_without_fx_and_fee_speaks_of_neither():
    words = said(quote_message(a_quote(forex_rate=None, fee=None), "Octopus Cards").blocks)
    assert "FX" not in words and "Fee" not in words


def test_a_quote_beyond_the_wallet_says_so():
    poor = a_quote(wallet_balance=Money(Decimal(100), "EUR"))
    assert "does not hold enough" in said(quote_message(poor, "Octopus Cards").blocks)


@given(products)
def test_slack_takes_every_quote(product):
    check_message(quote_message(StoredQuote(1, a_quote().quote, product), "Octopus Cards"))


@given(st.dictionaries(any_text.filter(bool), st.none() | st.integers(0, 60), min_size=1, max_size=3))
def test_slack_takes_every_balance(vendors):
    wallet = Wallet("octopus", "31", Money(Decimal(1000), "USD"), "PREPAID")
    held = {vendor: None if count is None else [wallet] * count for vendor, count in vendors.items()}
    check_message(balances([Balances(vendor, wallets) for vendor, wallets in held.items()]))
