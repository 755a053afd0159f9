"""How values become text that sorts, compares and hides nothing."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.columns import JSON, canonical_json, decimal_text, from_timestamp, to_timestamp, without_secrets

TIMES = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-9, minutes=-30))]))


@given(TIMES, TIMES)
def test_times_sort_as_text_and_come_back_exactly(one: datetime, other: datetime) -> None:
    try:
        stamped = to_timestamp(one), to_timestamp(other)
    except OverflowError:  # the first and the last hours of the calendar have no UTC
        return
    assert (stamped[0] < stamped[1]) == (one < other)
    assert from_timestamp(stamped[0]) == one


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_amounts_come_back_digit_by_digit_and_without_exponent(amount: Decimal) -> None:
    text = decimal_text(amount)

    assert text is not None
    assert set(text) <= set("-0123456789.")
    assert Decimal(text) == amount


def test_one_value_has_one_text() -> None:
    assert canonical_json({"b": [1, None], "a": "Zoë 🎁"}) == canonical_json({"a": "Zoë 🎁", "b": [1, None]})
    assert canonical_json({"b": [1, None], "a": "Zoë"}) == '{"a":"Zoë","b":[1,null]}'


def test_money_cannot_slip_in_as_a_number_of_another_kind() -> None:
    with pytest.raises(TypeError):
        canonical_json({"charge": Decimal("1.10")})  # type: ignore[dict-item]


def test_what_names_no_secret_passes_as_it_is() -> None:
    details: JSON = {"reason": "pin_code was wrong", "cards": 2, "by": ["T1/U1"]}

    assert without_secrets(details) is details
