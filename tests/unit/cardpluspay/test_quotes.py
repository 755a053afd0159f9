"""A quote adds up to the cent, whatever a card costs."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalogue import Wallet
from bot.domain.money import Money
from bot.domain.quotes import Quote
from bot.vendors.cardpluspay.quotes import price_of, quote_of, wallet_of
from bot.vendors.contract import Refused
from bot.vendors.http.responses import MalformedResponse
from tests.support.terms import gift_card_terms
from tests.unit.cardpluspay.responses import ITEM, reply

NOW = datetime(2031, 5, 2, 9, 0, tzinfo=UTC)
WALLET = Wallet("cardpluspay", "balance", Money(Decimal("1204.15"), "USD"), "PREPAID")
STOCK = {
    "price": Decimal("19.35"),
    "state": "in_stock",
    "status": True,
    "message": "Available",
    "requested": 3,
}


def quote(
    price: str | Decimal, face: str | Decimal = "20.00", quantity: int = 3, currency: str = "USD"
) -> Quote:
    terms = gift_card_terms("cardpluspay", ITEM, Money(Decimal(face), currency), quantity, "balance")
    return quote_of(Decimal(price), terms, WALLET, NOW)


def test_a_quote_is_the_unit_price_times_the_cards() -> None:
    three = quote("19.35")
    assert (three.charge, three.discount) == (Money(Decimal("58.05"), "USD"), Money(Decimal("1.95"), "USD"))
    assert (three.discount_percent, three.fee, three.tax, three.forex_rate) == (
        Decimal("3.25"),
        None,
        None,
        None,
    )
    assert three.balance_after == Money(Decimal("1146.10"), "USD")
    assert (three.life, three.expires_at) == (timedelta(0), NOW)


def test_what_a_card_costs_above_its_face_value_is_a_fee() -> None:
    dear = quote("20.50")
    assert (dear.charge, dear.fee) == (Money(Decimal("61.50"), "USD"), Money(Decimal("1.50"), "USD"))
    assert (dear.discount, dear.discount_percent) == (Money(Decimal("0.00"), "USD"), Decimal(0))


def test_at_face_value_there_is_neither() -> None:
    even = quote("20")
    assert (even.fee, even.discount.amount) == (None, Decimal(0))


@given(
    price=st.decimals(Decimal("0.001"), Decimal(2000), places=3),
    face=st.decimals(Decimal("0.01"), Decimal(2000), places=2),
    quantity=st.integers(1, 100),
)
def test_face_value_less_discount_plus_fee_is_the_charge(
    price: Decimal, face: Decimal, quantity: int
) -> None:
    given = quote(price, face, quantity)
    fee = given.fee or Money(Decimal(0), "USD")
    assert given.face_value - given.discount + fee == given.charge
    assert 0 in (given.discount.amount, fee.amount)


def test_a_card_in_another_currency_than_the_account_is_not_quoted() -> None:
    with pytest.raises(Refused, match="which currency") as raised:
        quote("19.35", currency="EUR")
    assert raised.value.code == "OTHER_CURRENCY"


@pytest.mark.parametrize("price", [Decimal("19.35"), "19.35"])
def test_the_price_is_read_from_text_and_numbers_alike(price: Any) -> None:
    assert price_of(reply(STOCK | {"price": price}), 3) == Decimal("19.35")


def test_what_is_not_in_stock_is_refused() -> None:
    with pytest.raises(Refused, match="does not have 3") as raised:
        price_of(reply(STOCK | {"status": False, "price": None, "state": "out_of_stock"}), 3)
    assert raised.value.code == "OUT_OF_STOCK"


@pytest.mark.parametrize(
    "odd",
    [{"price": None}, {"price": 0}, {"price": "-1"}, {"price": "free"}, {"status": None}, {"status": "true"},
     {"status": 1}],
)  # fmt: skip
def test_a_price_is_only_believed_when_it_is_plain(odd: dict[str, Any]) -> None:
    with pytest.raises(MalformedResponse):
        price_of(reply(STOCK | odd), 3)


@pytest.mark.parametrize("balance", ["1204.15", Decimal("1204.15")])
def test_the_balance_is_the_one_wallet(balance: Any) -> None:
    assert wallet_of(reply({"balance": balance, "currency": "USD", "state": "success"})) == WALLET


@pytest.mark.parametrize("data", [None, [], {}, {"balance": "12"}, {"balance": "x", "currency": "USD"}])
def test_a_balance_that_cannot_be_read_is_none(data: Any) -> None:
    with pytest.raises(MalformedResponse):
        wallet_of(reply(data))
