"""Sections 2.5, 2.6, 2.7: one order, the list of orders, the balance."""

from decimal import Decimal

import pytest

from tests.support.cardpluspay_stand_in import (
    STEAM,
    STEAM_EUR,
    STEAM_PRICE,
    TARGET,
    StandIn,
    content,
    refusal,
)


@pytest.mark.contract("cardpluspay 2.5a", "cardpluspay 3b", "cardpluspay G12")
def test_an_order_that_is_read_shows_its_codes_without_pin_and_money(cardpluspay: StandIn) -> None:
    bought = cardpluspay.ordered(item_code=TARGET, quantity=2)

    read = cardpluspay.read(bought["order_id"])

    assert read == {
        "order_id": bought["order_id"],
        "order_no": bought["order_no"],
        "status": "completed",
        "state": "success",
        "codes": [{"code": code["code"], "status": "completed"} for code in bought["codes"]],
        "amount": Decimal(bought["amount"]),
        "created_at": bought["created_at"],
    }
    assert bought["state"] == "completed"


@pytest.mark.contract("cardpluspay G12")
def test_an_order_that_is_read_may_show_everything(cardpluspay: StandIn) -> None:
    bought = cardpluspay.ordered(item_code=TARGET, quantity=2)

    read = cardpluspay.read(bought["order_id"], "choose; codes_on_read=full")

    assert read["codes"] == [{**code, "status": "completed"} for code in bought["codes"]]


@pytest.mark.contract("cardpluspay 2.5b")
def test_another_accounts_order_is_404(cardpluspay: StandIn) -> None:
    bought = cardpluspay.ordered()

    assert refusal(cardpluspay.another().get(f"/orders/{bought['order_id']}"))[0] == 404
    assert refusal(cardpluspay.get("/orders/1"))[0] == 404


@pytest.mark.contract("cardpluspay 2.6a", "cardpluspay G13")
def test_the_list_has_the_calling_accounts_orders_newest_first(cardpluspay: StandIn) -> None:
    cardpluspay.another(balance=100).ordered()
    first, second = cardpluspay.ordered(), cardpluspay.ordered(quantity=2)

    data = content(cardpluspay.get("/orders"))["data"]

    assert data["state"] == "success"
    assert data["pagination"] == {"total": 2, "per_page": 10, "current_page": 1, "last_page": 1}
    assert data["orders"] == [
        {
            "order_id": order["order_id"],
            "order_no": order["order_no"],
            "status": "completed",
            "amount": Decimal(order["amount"]),
            "created_at": order["created_at"],
        }
        for order in (second, first)
    ]


@pytest.mark.contract("cardpluspay G13")
def test_entries_of_the_list_may_have_no_time(cardpluspay: StandIn) -> None:
    cardpluspay.ordered()
    cardpluspay.choose(list_entries="sampled")

    assert list(cardpluspay.listed()[0]) == ["order_id", "order_no", "status", "amount"]


@pytest.mark.contract("cardpluspay 2.6b")
def test_the_list_is_filtered_by_status_and_sorted_as_asked(cardpluspay: StandIn) -> None:
    small, late, big = (
        cardpluspay.ordered(),
        cardpluspay.ordered("stall", quantity=2),
        cardpluspay.ordered(quantity=3),
    )
    names = {order["order_id"]: name for order, name in ((small, "small"), (late, "late"), (big, "big"))}

    def listed(**query: str) -> list[str]:
        return [names[order["order_id"]] for order in cardpluspay.listed(**query)]

    assert listed(status="pending") == ["late"]
    assert listed(status="completed") == ["big", "small"]
    assert listed(status="unheard-of") == []
    assert listed(sort_by="amount") == ["big", "late", "small"]
    assert listed(sort_by="created_at", order="asc") == ["small", "late", "big"]
    assert listed(sort_by="status", order="asc")[-1] == "late"


@pytest.mark.contract("cardpluspay 1.7a", "cardpluspay G4")
def test_pages_of_the_list_have_ten_orders_or_all(cardpluspay: StandIn) -> None:
    ids = [cardpluspay.ordered()["order_id"] for _ in range(11)]

    assert len(cardpluspay.listed()) == 10
    assert [order["order_id"] for order in cardpluspay.listed(page=2)] == ids[:1]
    assert len(cardpluspay.listed(per_page=4, page=3)) == 3
    cardpluspay.choose(orders_per_page="none")
    assert len(cardpluspay.listed()) == 11


@pytest.mark.contract("cardpluspay G23")
def test_the_list_may_lag_behind_purchases_while_the_order_can_be_read(cardpluspay: StandIn) -> None:
    cardpluspay.choose(list_lag_s=30)
    order_id = cardpluspay.ordered()["order_id"]

    assert cardpluspay.listed() == []
    assert cardpluspay.read(order_id)["status"] == "completed"
    cardpluspay.later(15)
    assert cardpluspay.listed() == []
    cardpluspay.later(16)
    assert [order["order_id"] for order in cardpluspay.listed()] == [order_id]


@pytest.mark.contract("cardpluspay 2.7a")
def test_the_balance_is_a_text_with_a_currency(cardpluspay: StandIn) -> None:
    cardpluspay.ordered(quantity=2)

    assert cardpluspay.get("/balance").json() == {
        "success": True,
        "message": "Balance retrieved successfully",
        "data": {"balance": str(25000 - 2 * STEAM_PRICE), "currency": "USD", "state": "success"},
    }


@pytest.mark.contract("cardpluspay 1.4c")
def test_an_order_of_foreign_cards_is_read_in_the_accounts_currency(cardpluspay: StandIn) -> None:
    bought = cardpluspay.ordered(item_code=STEAM_EUR, quantity=2)

    assert bought["denomination_unit"] == "EUR"
    assert cardpluspay.read(bought["order_id"])["amount"] == Decimal(bought["amount"])
    assert cardpluspay.book()["orders"][0]["debited"] == bought["amount"]


@pytest.mark.contract("cardpluspay 4d")
def test_a_lost_purchase_is_found_by_the_ids_that_are_new_and_by_the_balance(cardpluspay: StandIn) -> None:
    cardpluspay.ordered(item_code=TARGET)
    before, known = cardpluspay.balance(), {order["order_id"] for order in cardpluspay.listed(per_page=100)}

    cardpluspay.order("error; when=after", quantity=2)

    newest = cardpluspay.listed(per_page=100, sort_by="created_at", order="desc")
    [candidate] = [order for order in newest if order["order_id"] not in known]
    assert candidate["amount"] == before - cardpluspay.balance() == 2 * STEAM_PRICE
    assert len(cardpluspay.read(candidate["order_id"])["codes"]) == 2
    assert cardpluspay.book()["orders"][-1]["item_code"] == STEAM
