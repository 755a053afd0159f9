"""Section 3: codes that come later, and the debit that may come with them."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.cardpluspay_stand_in import STEAM_PRICE, TARGET, StandIn

EVERYTHING = Decimal("25000.00")


def look(vendor: StandIn, order_id: int) -> tuple[str, int]:
    """Its status and how many codes it shows."""
    read = vendor.read(order_id)
    return read["status"], len(read["codes"])


@pytest.mark.contract("cardpluspay 2.4e", "cardpluspay 3a", "cardpluspay G14")
@pytest.mark.parametrize("by", ["choice", "fault"])
def test_codes_may_come_some_seconds_later(cardpluspay: StandIn, by: str) -> None:
    if by == "choice":
        cardpluspay.choose(late_delivery="seconds", late_by=60)
    bought = cardpluspay.ordered("" if by == "choice" else "pending; seconds=60", quantity=2)

    assert (bought["status"], bought["state"], bought["codes"]) == ("pending", "pending", [])
    assert bought["amount"] == "38.56"
    assert look(cardpluspay, bought["order_id"]) == ("pending", 0)
    cardpluspay.later(61)
    assert look(cardpluspay, bought["order_id"]) == ("completed", 2)
    assert cardpluspay.balance() == EVERYTHING - 2 * STEAM_PRICE


@pytest.mark.contract("cardpluspay 3a", "cardpluspay G14")
@pytest.mark.parametrize("by", ["choice", "fault"])
def test_codes_may_come_after_some_looks(cardpluspay: StandIn, by: str) -> None:
    if by == "choice":
        cardpluspay.choose(late_delivery="polls", late_by=2)
    order_id = cardpluspay.ordered("" if by == "choice" else "pending; polls=2")["order_id"]

    assert cardpluspay.listed()[0]["status"] == "pending"
    cardpluspay.later(100_000)
    looks = [look(cardpluspay, order_id) for _ in range(4)]

    assert looks == [("pending", 0), ("pending", 0), ("completed", 1), ("completed", 1)]


@pytest.mark.contract("cardpluspay 3a")
def test_late_codes_are_read_without_their_pin(cardpluspay: StandIn) -> None:
    order_id = cardpluspay.ordered("pending; polls=0", item_code=TARGET)["order_id"]

    assert list(cardpluspay.read(order_id)["codes"][0]) == ["code", "status"]
    assert cardpluspay.book()["orders"][0]["codes"][0]["pin"]


@pytest.mark.contract("cardpluspay G14")
@pytest.mark.parametrize(
    ("unready_codes", "shown"), [("empty", {"codes": []}), ("null", {"codes": None}), ("absent", {})]
)
def test_codes_that_are_not_there_are_empty_or_null_or_absent(
    cardpluspay: StandIn, unready_codes: str, shown: dict[str, Any]
) -> None:
    cardpluspay.choose(unready_codes=unready_codes)
    bought = cardpluspay.ordered("stall")

    assert {name: value for name, value in bought.items() if name == "codes"} == shown
    read = cardpluspay.read(bought["order_id"])
    assert {name: value for name, value in read.items() if name == "codes"} == shown


@pytest.mark.contract("cardpluspay G25")
@pytest.mark.parametrize("fault", ["pending; status=processing; polls=1", "stall; status=processing"])
def test_an_order_that_waits_may_do_so_under_any_word(cardpluspay: StandIn, fault: str) -> None:
    assert cardpluspay.ordered(fault)["status"] == "processing"


def test_a_stalled_order_waits_for_the_back_office(cardpluspay: StandIn) -> None:
    order_id = cardpluspay.ordered("stall", quantity=3)["order_id"]
    cardpluspay.later(100_000)
    assert look(cardpluspay, order_id) == ("pending", 0)

    cardpluspay.back_office("POST", f"orders/{order_id}", do="deliver", count=2)
    assert look(cardpluspay, order_id) == ("completed", 2)
    cardpluspay.back_office("POST", f"orders/{order_id}", do="deliver")
    assert look(cardpluspay, order_id) == ("completed", 3)


def test_an_order_can_be_failed_by_the_back_office(cardpluspay: StandIn) -> None:
    order_id = cardpluspay.ordered("stall")["order_id"]

    cardpluspay.back_office("POST", f"orders/{order_id}", do="fail")

    assert look(cardpluspay, order_id) == ("failed", 0)
    assert cardpluspay.balance() == EVERYTHING - STEAM_PRICE


@pytest.mark.contract("cardpluspay G15")
def test_the_debit_may_come_with_the_codes(cardpluspay: StandIn) -> None:
    cardpluspay.choose(debit="fulfilment")
    order_id = cardpluspay.ordered("pending; seconds=60")["order_id"]

    assert cardpluspay.balance() == EVERYTHING
    cardpluspay.later(61)
    assert cardpluspay.balance() == EVERYTHING - STEAM_PRICE
    assert look(cardpluspay, order_id) == ("completed", 1)


@pytest.mark.contract("cardpluspay G15")
def test_a_debit_that_comes_too_late_fails_the_order(cardpluspay: StandIn) -> None:
    cardpluspay.choose(debit="fulfilment")
    poor = cardpluspay.another(balance=30)
    late = poor.ordered("pending; seconds=60")["order_id"]
    poor.ordered()

    cardpluspay.later(61)

    assert look(poor, late) == ("failed", 0)
    assert poor.balance() == 30 - STEAM_PRICE
    assert poor.book()["adds_up"]
