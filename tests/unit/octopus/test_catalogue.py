"""What we make of products, wallets and charges."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.domain.catalogue import Denomination, Wallet
from bot.domain.money import Money
from bot.domain.quotes import Quote
from bot.vendors.http import payloads
from bot.vendors.http.responses import MalformedResponse, Response
from bot.vendors.octopus.catalogue import ProductPayload, WalletPayload
from bot.vendors.octopus.payloads import parse_each
from bot.vendors.octopus.quotes import quote_of
from tests.support.terms import gift_card_terms

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TERMS = gift_card_terms("octopus", "8101", Money(Decimal("20"), "EUR"), 3, "31")
EUR_WALLET = Wallet("octopus", "31", Money(Decimal("1840.55"), "EUR"), "PREPAID")
YEN_WALLET = Wallet("octopus", "31", Money(Decimal("90000"), "JPY"), "PREPAID")


def reply(value: Any) -> Response:
    return Response(value, {}, "REQ1")


def product(**changed: Any) -> dict[str, Any]:
    return {
        "id": 8101,
        "name": " Nimbus Play Card ",
        "category": "Gaming",
        "sub_category": None,
        "country_code": "DEU",
        "currency_code": "EUR",
        "image_url": "",
        "delivery_mode": "Carrier pigeon",
        "available_denominations": [
            {"min_value": Decimal("20.00"), "max_value": Decimal("20.00"), "discount": Decimal("4.0")},
            {"min_value": 25, "max_value": 150, "discount": None},
        ],
    } | changed


@pytest.mark.contract("4.1a", "4a")
def test_a_product_is_read_with_what_the_vendor_leaves_out() -> None:
    [shape] = parse_each(ProductPayload, reply([product()]))
    nimbus = shape.product("octopus")

    assert (nimbus.key, nimbus.name, nimbus.country, nimbus.currency) == (
        "octopus:8101",
        "Nimbus Play Card",
        "DEU",
        "EUR",
    )
    assert nimbus.denominations == (
        Denomination(Decimal(20), Decimal(20), Decimal(4)),
        Denomination(Decimal(25), Decimal(150), Decimal(0)),
    )
    assert (nimbus.sub_category, nimbus.image_url, nimbus.validity) == (None, None, None)
    assert nimbus.delivery_mode == "Carrier pigeon"


@pytest.mark.contract("4.1a")
@pytest.mark.parametrize(
    "bounds",
    [
        (None, 20),
        (20, None),
        (None, None),
        (150, 25),
        (0, 0),
        (-5, 20),
        ("20", "20"),
        (True, 20),
        (1, 10**30),
    ],
)
def test_a_face_value_without_sense_is_left_out(bounds: tuple[Any, Any]) -> None:
    odd = {"min_value": bounds[0], "max_value": bounds[1], "discount": 1}
    whole = {"min_value": 50, "max_value": 50, "discount": 1}
    [shape] = parse_each(ProductPayload, reply([product(available_denominations=[odd, None, whole])]))

    assert shape.product("octopus").offered == "50"


@pytest.mark.parametrize(
    "broken",
    [
        {"id": None}, {"id": "../../admin"}, {"id": 0}, {"name": "  "}, {"name": None},
        {"country_code": "Germany"}, {"currency_code": "eur!"},
        {"available_denominations": []}, {"available_denominations": None}, {"available_denominations": [{}]},
    ],
    ids=str,
)  # fmt: skip
def test_a_product_that_cannot_be_read_is_skipped_with_one_warning(broken: dict[str, Any]) -> None:
    with capture_logs() as lines:
        shapes_read = parse_each(ProductPayload, reply([product(**broken), product(id=8102)]))

    assert [shape.id for shape in shapes_read] == ["8102"]
    assert [line["event"] for line in lines if line["log_level"] == "warning"] == ["octopus_element_skipped"]


@given(st.lists(st.none() | st.integers() | st.text() | st.lists(st.integers()) | st.dictionaries(
    st.sampled_from(sorted(product())), st.none() | st.integers() | st.text() | st.lists(st.none())
)))  # fmt: skip
def test_no_product_however_odd_spoils_its_page(odd: list[Any]) -> None:
    assert parse_each(ProductPayload, reply([*odd, product(id=8102)]))[-1].id == "8102"


@pytest.mark.contract("2.6a")
def test_a_field_the_vendor_adds_is_ignored_and_mentioned_once() -> None:
    payloads.log_unknown_once.cache_clear()
    with capture_logs() as lines:
        parse_each(ProductPayload, reply([product(carbon_grams=3), product(carbon_grams=4)]))

    assert [line["what"] for line in lines] == ["carbon_grams"]


@pytest.mark.contract("12.1a")
def test_a_wallet_needs_an_amount_that_is_a_number() -> None:
    good = {"id": 31, "currency_id": 2, "amount": Decimal("1840.55"), "type": "PREPAID"}
    odd: list[Any] = [True, None, "12", Decimal("1e15")]
    read = parse_each(WalletPayload, reply([good, *(good | {"amount": amount} for amount in odd)]))
    assert [wallet.amount for wallet in read] == [Decimal("1840.55")]


def charges(**changed: Any) -> dict[str, Any]:
    return {
        "non_discounted_total": Decimal("60.00"),
        "discount_amount": Decimal("2.40"),
        "total_amount": Decimal("57.60"),
        "discount": Decimal("4.0"),
        "gst_amount": Decimal("0.00"),
        "total_payable": Decimal("57.60"),
        "max_quantity": 250,
        "handling_fee_amount": Decimal("0.00"),
        "charges_details": {
            "source_currency": "EUR",
            "destination_currency": "EUR",
            "forex_rate": None,
            "conversion_fee": None,
        },
    } | changed


def quoted(body: Any, wallet: Wallet = EUR_WALLET) -> Quote:
    return quote_of(reply(body), TERMS, wallet, NOW)


@pytest.mark.contract("5.1c")
def test_a_quote_in_one_currency() -> None:
    quote = quoted(charges())

    assert quote.charge == Money(Decimal("57.60"), "EUR")
    assert (quote.discount, quote.discount_percent) == (Money(Decimal("2.40"), "EUR"), Decimal(4))
    assert (quote.forex_rate, quote.fee, quote.tax, quote.max_quantity) == (None, None, None, 250)
    assert (quote.wallet_balance, quote.balance_after) == (
        EUR_WALLET.balance,
        Money(Decimal("1782.95"), "EUR"),
    )
    assert quote.quoted_at == NOW


@pytest.mark.contract("5.1b")
def test_a_quote_from_a_wallet_in_another_currency_has_each_figure_in_its_own() -> None:
    fx = {"source_currency": "EUR", "destination_currency": "JPY", "forex_rate": Decimal("163.2185")}
    quote = quoted(
        charges(
            total_payable=Decimal("9401.3856"),
            handling_fee_amount=Decimal("100.4"),
            gst_amount=Decimal("1.005"),
            charges_details=fx,
        ),
        YEN_WALLET,
    )

    assert quote.charge == Money(Decimal("9401"), "JPY")
    assert quote.fee == Money(Decimal("100"), "JPY")
    assert quote.tax == Money(Decimal("1.01"), "EUR")
    assert quote.discount == Money(Decimal("2.40"), "EUR")
    assert quote.forex_rate == Decimal("163.2185")


@pytest.mark.contract("2.5b", "5.1d")
def test_the_noise_of_somebody_elses_floats_is_rounded_away() -> None:
    assert quoted(charges(total_payable=Decimal("57.599999999999994"))).charge.amount == Decimal("57.60")


@pytest.mark.contract("5.1e")
def test_the_short_answer_of_the_vendors_guide_is_enough() -> None:
    quote = quoted(
        {"non_discounted_total": 60, "discount_amount": Decimal("2.4"), "total_payable": Decimal("57.6")}
    )

    assert (quote.discount_percent, quote.charge.amount, quote.max_quantity) == (
        Decimal(4),
        Decimal("57.60"),
        None,
    )


@pytest.mark.contract("5.1e")
def test_a_discount_known_only_in_percent_is_worked_out() -> None:
    quote = quoted({"discount": Decimal("4.0"), "total_payable": Decimal("57.6")})
    assert quote.discount == Money(Decimal("2.40"), "EUR")


@pytest.mark.parametrize("total", [None, "57.60", True, -1, [], Decimal("1e15")])
def test_a_quote_without_a_believable_total_is_no_quote(total: Any) -> None:
    with pytest.raises(MalformedResponse, match="total_payable"):
        quoted(charges(total_payable=total))


@pytest.mark.contract("5.1c")
@pytest.mark.parametrize(("source", "destination"), [("USD", "EUR"), ("EUR", "USD"), ("USD", "USD")])
def test_a_quote_in_currencies_we_did_not_ask_for_is_no_quote(source: str, destination: str) -> None:
    with pytest.raises(MalformedResponse, match="instead of EUR to EUR"):
        quoted(charges(charges_details={"source_currency": source, "destination_currency": destination}))


@pytest.mark.parametrize("body", [None, [], "57.60", 57])
def test_a_quote_that_is_no_object_is_no_quote(body: Any) -> None:
    with pytest.raises(MalformedResponse):
        quoted(body)
