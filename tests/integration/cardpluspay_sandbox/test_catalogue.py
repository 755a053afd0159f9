"""Sections 2.2 and 2.3: finding items, and asking whether one is there and what it costs."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.cardpluspay_stand_in import (
    STEAM,
    STEAM_EUR,
    STEAM_EUR_PRICE,
    STEAM_PRICE,
    StandIn,
    content,
    refusal,
)


def everything(vendor: StandIn, **query: Any) -> list[dict[str, Any]]:
    items, page = [], 1
    while found := vendor.items(per_page=100, page=page, **query):
        items += found
        page += 1
    return items


@pytest.mark.contract("cardpluspay 2.2a", "cardpluspay 2.2d", "cardpluspay G2")
def test_an_item_of_the_catalogue_has_these_attributes(cardpluspay: StandIn) -> None:
    assert cardpluspay.items(item_id=STEAM) == [
        {
            "item_code": STEAM,
            "product_name": "Steam 20 USD",
            "brand": "Steam",
            "category": "Gaming",
            "value": 20,
            "price": STEAM_PRICE,
            "currency": "USD",
            "region": "us",
            "delivery_type": "DIGITAL",
            "country_code": ["US"],
        }
    ]


@pytest.mark.contract("cardpluspay 1.5a")
def test_an_item_code_is_one_face_value_and_its_case_counts(cardpluspay: StandIn) -> None:
    codes = [item["item_code"] for item in everything(cardpluspay)]
    alike = [code for code in codes if [other.lower() for other in codes].count(code.lower()) > 1]

    assert len(codes) == len(set(codes)) == 562
    assert len(alike) == 4  # two pairs that differ by case alone
    assert {cardpluspay.items(item_id=code)[0]["item_code"] for code in alike} == set(alike)
    assert refusal(cardpluspay.get("/catalog", item_id=STEAM.lower()))[0] == 404


@pytest.mark.contract("cardpluspay 2.2a")
@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ({"brand": "steam"}, lambda item: item["brand"] == "Steam"),
        ({"region": "global"}, lambda item: item["region"] == "global"),
        ({"currency": "GBP"}, lambda item: item["currency"] == "GBP"),
        ({"delivery_type": "BOTH"}, lambda item: item["delivery_type"] == "BOTH"),
        ({"delivery_type": "PHYSICAL"}, lambda item: item["delivery_type"] == "PHYSICAL"),
        ({"value_min": 50}, lambda item: item["value"] >= 50),
        ({"value_max": 10}, lambda item: item["value"] <= 10),
        ({"value_min": 20, "value_max": 20}, lambda item: item["value"] == 20),
        ({"country_code": "IE"}, lambda item: "IE" in item["country_code"]),
        ({"currency": "EUR", "region": "eu", "brand": "IKEA"}, lambda item: item["brand"] == "IKEA"
            and item["currency"] == "EUR"),
    ],
)  # fmt: skip
def test_filters_keep_what_fits_and_nothing_else(
    cardpluspay: StandIn, query: dict[str, Any], fits: Any
) -> None:
    whole = everything(cardpluspay)

    found = everything(cardpluspay, **query)

    assert found == [item for item in whole if fits(item)]
    assert 0 < len(found) < len(whole)


@pytest.mark.contract("cardpluspay 2.2c", "cardpluspay G27")
@pytest.mark.parametrize("text", ["STEAM 20", "steam", STEAM[5:], "el corte inglés"])
def test_q_searches_name_brand_and_code_without_regard_to_case(cardpluspay: StandIn, text: str) -> None:
    found = everything(cardpluspay, q=text)

    assert found
    for item in found:
        searched = (item["product_name"], item["brand"], item["item_code"])
        assert any(text.casefold() in value.casefold() for value in searched)
    assert len(everything(cardpluspay, q=text, value_min=20)) <= len(found)


@pytest.mark.contract("cardpluspay G27")
def test_the_brand_filter_is_exact_or_partial(cardpluspay: StandIn) -> None:
    assert cardpluspay.items(brand="stea") == []

    cardpluspay.choose(brand_filter="partial")

    assert {item["brand"] for item in everything(cardpluspay, brand="stea")} == {"Steam"}


@pytest.mark.contract("cardpluspay 2.2b")
@pytest.mark.parametrize("sort_by", ["brand", "value", "category"])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_the_catalogue_is_sorted_as_asked(cardpluspay: StandIn, sort_by: str, order: str) -> None:
    keys = [
        item[sort_by].lower() if sort_by != "value" else item[sort_by]
        for item in everything(cardpluspay, sort_by=sort_by, order=order)
    ]

    assert keys == sorted(keys, reverse=order == "desc")


@pytest.mark.contract("cardpluspay G2")
@pytest.mark.parametrize("key", ["products", "items"])
def test_the_list_may_stand_under_another_key_and_hold_money_as_text(cardpluspay: StandIn, key: str) -> None:
    cardpluspay.choose(catalog_list=key, catalog_money="string")

    data = cardpluspay.get("/catalog", item_id=STEAM).json()["data"]

    assert list(data) == [key, "pagination", "state"]
    assert (data[key][0]["value"], data[key][0]["price"]) == ("20.00", "19.28")


@pytest.mark.contract("cardpluspay G2")
def test_data_itself_may_be_the_list(cardpluspay: StandIn) -> None:
    data = content(cardpluspay.get("/catalog", "choose; catalog_list=bare"))["data"]

    assert [item["brand"] for item in data] == ["Steam"] * 10


@pytest.mark.contract("cardpluspay 1.6a", "cardpluspay G6", "cardpluspay 1.9b")
def test_an_unknown_item_is_refused_in_different_ways_that_can_be_switched(cardpluspay: StandIn) -> None:
    def statuses() -> list[int]:
        answers = (
            cardpluspay.get("/catalog", item_id="nothing"),
            cardpluspay.check(item_id="nothing"),
            cardpluspay.order(item_code="nothing"),
        )
        return [answer.status_code for answer in answers]

    assert statuses() == [404, 404, 400]
    cardpluspay.choose(unknown_item_on_catalog=200, unknown_item_on_check=400, unknown_item_on_create=404)
    assert statuses() == [200, 400, 404]
    assert cardpluspay.items(item_id="nothing") == []


@pytest.mark.contract("cardpluspay 2.3a")
def test_a_stock_check_tells_the_price_of_one(cardpluspay: StandIn) -> None:
    answer = cardpluspay.check(quantity=3)

    assert content(answer)["data"] == {
        "price": STEAM_PRICE,
        "state": "in_stock",
        "status": True,
        "message": "Available",
        "requested": 3,
    }
    assert cardpluspay.check().json()["data"]["requested"] == 1


@pytest.mark.contract("cardpluspay 1.6a")
def test_a_stock_check_knows_the_code_as_item_id_only(cardpluspay: StandIn) -> None:
    assert refusal(cardpluspay.post("/orders/check", item_code=STEAM))[0] == 422


@pytest.mark.contract("cardpluspay 2.3b", "cardpluspay G7")
def test_what_is_not_there_fails_the_check_in_one_of_four_ways(cardpluspay: StandIn) -> None:
    cardpluspay.back_office("PATCH", f"items/{STEAM}", stock=2)
    seen = []
    for status in (400, 200):
        for details in (True, False):
            cardpluspay.choose(unavailable_status=status, unavailable_details=details)
            answer = cardpluspay.check(quantity=3)
            seen.append((refusal(answer)[0], answer.json()["data"].get("state")))

    assert seen == [(400, "out_of_stock"), (400, None), (200, "out_of_stock"), (200, None)]
    assert cardpluspay.check(quantity=2).json()["success"] is True


@pytest.mark.contract("cardpluspay G28")
def test_a_check_holds_neither_stock_nor_price(cardpluspay: StandIn) -> None:
    cardpluspay.back_office("PATCH", f"items/{STEAM}", stock=2)
    assert cardpluspay.check(quantity=2).is_success

    cardpluspay.another(balance=100).ordered()
    cardpluspay.back_office("PATCH", f"items/{STEAM}", price="19.99")

    assert refusal(cardpluspay.order(quantity=2)) == (400, "Gift card is out of stock")
    assert cardpluspay.ordered()["amount"] == "19.99"


@pytest.mark.contract("cardpluspay 1.4c", "cardpluspay G21")
def test_a_card_in_another_currency_is_charged_in_the_accounts(cardpluspay: StandIn) -> None:
    item = cardpluspay.items(item_id=STEAM_EUR)[0]
    checked = content(cardpluspay.check(item_id=STEAM_EUR))["data"]["price"]
    bought = cardpluspay.ordered(item_code=STEAM_EUR)

    assert (item["value"], item["currency"]) == (20, "EUR")
    assert item["price"] == checked == Decimal(bought["amount"]) == STEAM_EUR_PRICE
    assert (bought["denomination_unit"], bought["codes"][0]["currency"]) == ("EUR", "USD")
    assert cardpluspay.balance() == Decimal("25000.00") - STEAM_EUR_PRICE


@pytest.mark.contract("cardpluspay G21")
def test_an_account_in_euros_pays_in_euros(cardpluspay: StandIn) -> None:
    other = cardpluspay.another(currency="EUR", balance=100)

    price = other.items(item_id=STEAM)[0]["price"]

    assert price == Decimal("17.85")
    assert other.ordered()["codes"][0]["currency"] == "EUR"
    assert other.balance() == 100 - price


@pytest.mark.contract("cardpluspay G29")
def test_some_cards_cost_more_than_their_face_value(cardpluspay: StandIn) -> None:
    items = everything(cardpluspay, currency="USD")

    dearer = {item["category"] for item in items if item["price"] > item["value"]}

    assert dearer == {"Prepaid"}
    assert any(item["price"] < item["value"] for item in items)
