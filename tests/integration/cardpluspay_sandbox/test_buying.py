"""Sections 2.4 and 4: buying, and that nothing makes a purchase safe to repeat."""

import re
from decimal import Decimal
from typing import Any

import pytest

from tests.support.cardpluspay_stand_in import STEAM, STEAM_EUR, STEAM_PRICE, TARGET, StandIn, refusal
from tests.support.every import assert_none

FIELDS = [
    "type", "brand", "codes", "state", "status", "amount", "total_denomination", "denomination_unit",
    "order_id", "order_no", "created_at",
]  # fmt: skip
OF_CODE = ["code", "currency", "item_code", "denomination", "charged_amount", "denomination_unit"]


@pytest.mark.contract("cardpluspay 2.4a", "cardpluspay 2.4b", "cardpluspay 1.6b", "cardpluspay 3a")
def test_a_purchase_is_delivered_in_the_answer(cardpluspay: StandIn) -> None:
    bought = cardpluspay.ordered(quantity=3, email="buyer@example.org")

    assert list(bought) == FIELDS
    assert (bought["type"], bought["brand"]) == ("bulk", STEAM)
    assert (bought["state"], bought["status"]) == ("completed", "completed")
    assert (bought["amount"], bought["total_denomination"], bought["denomination_unit"]) == (
        "57.84",
        60,
        "USD",
    )
    assert len({code["code"] for code in bought["codes"]}) == 3
    for code in bought["codes"]:
        assert [name for name in code if name != "metadata"] == OF_CODE
        assert (code["item_code"], code["denomination"], code["currency"]) == (STEAM, "20.00", "USD")
    assert sum(Decimal(code["charged_amount"]) for code in bought["codes"]) == Decimal(bought["amount"])


@pytest.mark.contract("cardpluspay 1.5b")
def test_an_order_has_a_number_for_machines_and_one_for_people(cardpluspay: StandIn) -> None:
    bought = cardpluspay.ordered()

    assert isinstance(bought["order_id"], int)
    assert re.fullmatch(r"ORD-\d{4}-\d+", bought["order_no"])
    assert cardpluspay.read(bought["order_id"])["order_no"] == bought["order_no"]
    assert cardpluspay.get(f"/orders/{bought['order_no']}").status_code == 404


@pytest.mark.contract("cardpluspay 1.6a")
def test_the_item_may_be_named_by_either_name_and_item_code_wins(cardpluspay: StandIn) -> None:
    by_alias = cardpluspay.post("/orders", item_id=STEAM).json()["data"]
    by_both = cardpluspay.post("/orders", item_id=STEAM_EUR, item_code=STEAM).json()["data"]

    assert by_alias["brand"] == by_both["brand"] == STEAM


@pytest.mark.contract("cardpluspay 2.4a")
def test_one_is_bought_when_no_quantity_is_named_and_a_hundred_at_the_most(cardpluspay: StandIn) -> None:
    assert len(cardpluspay.ordered()["codes"]) == 1
    assert len(cardpluspay.ordered(quantity=100)["codes"]) == 100
    assert refusal(cardpluspay.order(quantity=101))[0] == 422


@pytest.mark.contract("cardpluspay 2.4a", "cardpluspay G32")
def test_an_email_is_checked_but_never_echoed_and_unknown_fields_mean_nothing(cardpluspay: StandIn) -> None:
    assert refusal(cardpluspay.order(email="nowhere"))[0] == 422

    bought = cardpluspay.order(email="buyer@example.org", reference="ours", price=1)

    assert bought.is_success
    assert "buyer@example.org" not in bought.text
    assert "ours" not in bought.text


@pytest.mark.contract("cardpluspay 2.4c")
@pytest.mark.parametrize(
    ("item_code", "with_pin"),
    [(TARGET, [True, True, True]), (STEAM, [False, True, False])],
)
def test_some_codes_have_a_pin_as_an_array_of_objects_of_one_key(
    cardpluspay: StandIn, item_code: str, with_pin: list[bool]
) -> None:
    codes = cardpluspay.ordered(item_code=item_code, quantity=3)["codes"]

    assert ["metadata" in code for code in codes] == with_pin
    for code in codes:
        for pair in code.get("metadata", []):
            assert list(pair) == ["Pin"]
            assert re.fullmatch(r"\d{4}", pair["Pin"])


@pytest.mark.contract("cardpluspay 2.4c")
def test_other_brands_never_have_a_pin(cardpluspay: StandIn) -> None:
    item = cardpluspay.items(brand="Netflix")[0]["item_code"]

    assert_none(cardpluspay.ordered(item_code=item, quantity=4)["codes"], lambda code: "metadata" in code)


@pytest.mark.contract("cardpluspay G11")
def test_a_single_card_may_be_of_another_type(cardpluspay: StandIn) -> None:
    assert cardpluspay.ordered()["type"] == "bulk"

    cardpluspay.choose(single_type="single")

    assert (cardpluspay.ordered()["type"], cardpluspay.ordered(quantity=2)["type"]) == ("single", "bulk")


@pytest.mark.contract("cardpluspay G1")
def test_a_purchase_answers_200_or_201(cardpluspay: StandIn) -> None:
    assert cardpluspay.order().status_code == 200

    cardpluspay.choose(created_status=201)

    assert cardpluspay.order().status_code == 201


@pytest.mark.contract("cardpluspay 4a")
def test_two_equal_purchases_are_two_orders_and_two_debits(cardpluspay: StandIn) -> None:
    headers = {"Idempotency-Key": "once", "X-Idempotency-Key": "once", "X-Request-Id": "once"}
    body = {"item_code": STEAM, "quantity": 2, "reference": "once", "email": "once@example.org"}

    first, second = (
        cardpluspay.http.post("/v1/orders", json=body, headers=headers).json()["data"] for _ in range(2)
    )

    assert first["order_id"] != second["order_id"]
    assert {code["code"] for code in first["codes"]}.isdisjoint(code["code"] for code in second["codes"])
    assert cardpluspay.balance() == Decimal("25000.00") - 4 * STEAM_PRICE


@pytest.mark.contract("cardpluspay 2.4d", "cardpluspay 4c", "cardpluspay G16")
def test_too_little_money_is_400_and_leaves_nothing(cardpluspay: StandIn) -> None:
    poor = cardpluspay.another(balance="19.27")

    assert refusal(poor.order()) == (400, "Insufficient balance")

    assert poor.listed() == poor.book()["orders"] == []
    assert poor.balance() == Decimal("19.27")


@pytest.mark.contract("cardpluspay 2.4d", "cardpluspay 4c")
def test_too_little_stock_is_400_and_leaves_nothing(cardpluspay: StandIn) -> None:
    cardpluspay.back_office("PATCH", f"items/{STEAM}", stock=1)

    assert refusal(cardpluspay.order(quantity=2)) == (400, "Gift card is out of stock")

    assert cardpluspay.listed() == []
    assert cardpluspay.balance() == Decimal("25000.00")
    assert cardpluspay.order().is_success
    assert refusal(cardpluspay.order())[0] == 400


@pytest.mark.contract("cardpluspay G16")
@pytest.mark.parametrize("fault", ["insufficient-funds", "out-of-stock"])
def test_a_refused_order_may_leave_a_failed_row_without_a_debit(cardpluspay: StandIn, fault: str) -> None:
    cardpluspay.choose(refused_orders="failed-row")

    assert refusal(cardpluspay.order(fault, quantity=2))[0] == 400

    [entry] = cardpluspay.listed()
    assert (entry["status"], entry["amount"]) == ("failed", 2 * STEAM_PRICE)
    assert cardpluspay.read(entry["order_id"])["codes"] == []
    assert cardpluspay.balance() == Decimal("25000.00")


@pytest.mark.contract("cardpluspay 4c")
@pytest.mark.parametrize("body", [{}, {"item_code": "nothing"}, {"item_code": STEAM, "quantity": 101}])
def test_what_is_refused_was_not_bought(cardpluspay: StandIn, body: dict[str, Any]) -> None:
    assert cardpluspay.post("/orders", **body).status_code in {400, 422}

    assert cardpluspay.book()["orders"] == []
    assert cardpluspay.balance() == Decimal("25000.00")


@pytest.mark.contract("cardpluspay G22")
def test_order_ids_rise_or_are_scattered(cardpluspay: StandIn) -> None:
    rising = [cardpluspay.ordered()["order_id"] for _ in range(4)]
    cardpluspay.choose(order_ids="scattered")
    scattered = [cardpluspay.ordered()["order_id"] for _ in range(4)]

    assert rising == sorted(rising)
    assert scattered not in (sorted(scattered), sorted(scattered, reverse=True))
    assert [order["order_id"] for order in cardpluspay.listed()] == [*reversed(scattered), *reversed(rising)]
