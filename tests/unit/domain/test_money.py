from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.money import InvalidAmount, Money, parse_amount, plain, rounded


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("57.6", "EUR", "EUR 57.60"),
        ("1250", "USD", "USD 1,250.00"),
        ("5000", "JPY", "JPY 5,000"),
        ("-3.5", "GBP", "GBP -3.50"),
        ("1.234", "KWD", "KWD 1.234"),
    ],
)
def test_money_is_written_with_its_code_and_its_currencys_decimals(amount, currency, written):
    assert str(Money(Decimal(amount), currency)) == written


def test_two_currencies_do_not_add_up():
    with pytest.raises(ValueError, match="USD and EUR"):
        Money(Decimal(1), "USD") + Money(Decimal(1), "EUR")


@pytest.mark.parametrize(
    ("typed", "amount"), [("20", "20"), (" 20.50 ", "20.50"), ("1,250.00", "1250.00"), (".5", "0.5")]
)
def test_an_amount_is_read_as_people_type_it(typed, amount):
    assert parse_amount(typed) == Decimal(amount)


@pytest.mark.parametrize(
    "typed",
    ["", "abc", "0", "0.00", "-5", "1e3", "NaN", "Infinity", "12,50", "1,2,3", "٣", "9" * 13, "2 0", "$20"],
)
def test_anything_else_is_refused_with_a_sentence(typed):
    with pytest.raises(InvalidAmount, match=r"\.$"):
        parse_amount(typed)


@given(st.text(max_size=40))
def test_no_text_does_worse_than_a_sentence(typed):
    try:
        assert parse_amount(typed) > 0
    except InvalidAmount as error:
        assert str(error)


@given(st.decimals(min_value="0.01", max_value="999999.99", places=2))
def test_what_is_listed_can_be_typed_back(amount):
    assert parse_amount(plain(amount)) == amount


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("282.2625", "USD", "282.26"),
        ("0.005", "EUR", "0.01"),
        ("10.5", "JPY", "11"),
        ("62.208", "USD", "62.21"),
    ],
)
def test_amounts_are_rounded_half_up_to_the_currencys_decimals(amount, currency, expected):
    assert rounded(Decimal(amount), currency) == Decimal(expected)
