"""What comes with a code is taken where its name says what it is, and told apart from what does not."""

from typing import Any

import pytest
from hypothesis import given

from bot.vendors.cardpluspay.metadata import Metadata, metadata_of
from tests.unit.cardpluspay.test_orders import ANYTHING


@pytest.mark.parametrize(
    "value", [[{"Pin": "0041"}], [{"PIN": "0041"}], [{"pin_code": "0041"}], {"pin": "0041"}]
)
def test_a_pin_is_found_however_it_is_spelled(value: Any) -> None:
    assert metadata_of(value) == Metadata(pin="0041")


def test_a_pin_that_is_a_number_is_text() -> None:
    assert metadata_of([{"Pin": 41}]) == Metadata(pin="41")


def test_other_things_go_where_they_belong() -> None:
    value = [
        {"Claim URL": "https://claim.example/a"},
        {"Serial-Number": "S-1"},
        {"Expiry Date": "2032-01-01"},
    ]
    assert metadata_of(value) == Metadata(None, "https://claim.example/a", "S-1", "2032-01-01")


@pytest.mark.parametrize(
    "value", [None, [], {}, [{}], [{"Pin": None}], [{"Pin": ""}], [{"New": None}], [None]]
)
def test_nothing_is_nothing(value: Any) -> None:
    assert metadata_of(value) == Metadata()


@pytest.mark.parametrize(
    "value",
    [
        "4410",
        7,
        ["4410"],
        [{"Password": "x"}],
        [{"Pin": {"value": "1"}}],
        [{"Pin": "1"}, {"pin": "2"}],
        [[1]],
    ],
)
def test_what_is_not_understood_is_said_to_be_so(value: Any) -> None:
    assert not metadata_of(value).is_fully_read


def test_the_same_thing_said_twice_is_understood() -> None:
    assert metadata_of([{"Pin": "1"}, {"PIN": "1"}]) == Metadata(pin="1")


@given(ANYTHING)
def test_nothing_odd_raises(value: Any) -> None:
    metadata_of(value)
