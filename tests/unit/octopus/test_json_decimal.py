"""Amounts cross the wire without ever becoming a float."""

import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vendors.http import json_decimal

AMOUNTS = st.decimals(min_value=Decimal("0.0001"), max_value=10**12, places=4)


@pytest.mark.contract("2.5a")
@given(AMOUNTS)
def test_an_amount_is_sent_with_the_digits_it_has(amount: Decimal) -> None:
    sent = json_decimal.encode({"denomination": amount}).decode()

    assert sent == f'{{"denomination": {amount:f}}}'


@given(AMOUNTS)
def test_what_is_sent_reads_back_the_same(amount: Decimal) -> None:
    assert json_decimal.decode(json_decimal.encode({"denomination": amount})) == {"denomination": amount}


def test_an_exponent_is_written_out() -> None:
    assert json_decimal.encode({"denomination": Decimal("1E+2")}) == b'{"denomination": 100}'


@given(st.text(), st.integers())
def test_every_body_is_json_that_anybody_can_read(text: str, number: int) -> None:
    assert json.loads(json_decimal.encode({"email": text, "quantity": number})) == {
        "email": text,
        "quantity": number,
    }


def test_a_number_that_is_not_one_is_never_sent() -> None:
    with pytest.raises(ValueError, match="NaN"):
        json_decimal.encode({"denomination": Decimal("NaN")})


@pytest.mark.contract("2.5a")
@pytest.mark.parametrize("written", ["57.60", "0.1", "4.7405", "1.08", "1e2", "-3.5E-2", "0.0"])
def test_a_fraction_is_read_as_it_is_written(written: str) -> None:
    read = json_decimal.decode(f"[{written}]".encode())[0]

    assert isinstance(read, Decimal)
    assert str(read) == str(Decimal(written))


@pytest.mark.parametrize(
    "odd", ["NaN", "Infinity", "-Infinity", "1e99999", "1E+99999999999999999999", "9" * 5000, "0." + "1" * 90]
)
def test_a_number_nobody_can_mean_is_null_and_its_neighbours_stay(odd: str) -> None:
    assert json_decimal.decode(f'{{"amount": {odd}, "card_number": "AB-1"}}'.encode()) == {
        "amount": None,
        "card_number": "AB-1",
    }


@pytest.mark.parametrize(
    "body",
    [b"", b"<html></html>", b"{", b"[" * 100_000, b'{"a":' * 100_000, b"\x00\xff\xfe"],
    ids=["empty", "html", "cut off", "deep list", "deep object", "noise"],
)
def test_what_cannot_be_read_is_not_json_rather_than_a_crash(body: bytes) -> None:
    with pytest.raises(json_decimal.NotJson) as refusal:
        json_decimal.decode(body)

    assert refusal.value.__context__ is None


@given(st.binary(max_size=60))
def test_no_bytes_at_all_can_raise_anything_else(body: bytes) -> None:
    with suppress(json_decimal.NotJson):
        json_decimal.decode(body)


def test_a_body_with_one_broken_character_keeps_the_rest() -> None:
    assert json_decimal.decode(b'\xef\xbb\xbf{"product_name": "\xff", "id": 1}') == {
        "product_name": "�",
        "id": 1,
    }
