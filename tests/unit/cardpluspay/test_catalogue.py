"""What we make of products, of which little is documented, and of the lists they come in."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.domain.catalogue import Denomination
from bot.domain.money import rounded
from bot.vendors.cardpluspay.catalogue import ProductPayload, country, discount_percent
from bot.vendors.cardpluspay.pages import listed
from bot.vendors.http.payloads import parse_each
from bot.vendors.http.responses import MalformedResponse
from tests.unit.cardpluspay.responses import ITEM, product, reply


def shape(**changed: Any) -> ProductPayload:
    [read] = parse_each(ProductPayload, [product(**changed)], None)
    return read


def test_a_product_is_one_item_at_one_face_value() -> None:
    steam = shape(country_code=["US"]).product("cardpluspay")

    assert (steam.key, steam.name, steam.brand) == (f"cardpluspay:{ITEM}", "Steam 20 USD", "Steam")
    assert (steam.category, steam.country, steam.currency) == ("Gaming", "USA", "USD")
    assert steam.delivery_mode == "DIGITAL"
    # Face value is `value`; `price` is what it costs, and only the discount tells of it.
    assert steam.denominations == (Denomination(Decimal(20), Decimal(20), Decimal("3.25")),)


@pytest.mark.parametrize(
    "money", [{"value": "20.00", "price": "19.35"}, {"value": 20, "price": Decimal("19.35")}]
)
def test_money_is_read_from_text_and_numbers_alike(money: dict[str, Any]) -> None:
    [denomination] = shape(**money).product("cardpluspay").denominations
    assert (denomination.minimum, denomination.discount) == (Decimal(20), Decimal("3.25"))


@pytest.mark.parametrize(
    "bare",
    [
        {"item_code": ITEM, "value": 20, "currency": "USD"},
        product(price="free", product_name=None, brand=" "),
    ],
)
def test_a_product_needs_a_code_a_face_value_and_a_currency_and_no_more(bare: dict[str, Any]) -> None:
    [read] = parse_each(ProductPayload, [bare], None)
    assert (read.product("cardpluspay").name, read.product("cardpluspay").offered) == (ITEM, "20")


@pytest.mark.parametrize(
    "broken",
    [{"item_code": None}, {"item_code": ""}, {"item_code": "x" * 300}, {"item_code": {}}, {"item_code": " A"},
     {"value": 0}, {"value": "-5"}, {"value": None}, {"value": "a lot"}, {"value": True},
     {"currency": None}, {"currency": "dollars"}],
    ids=str,
)  # fmt: skip
def test_a_product_that_cannot_be_read_is_skipped_with_one_warning(broken: dict[str, Any]) -> None:
    with capture_logs() as lines:
        read = parse_each(ProductPayload, [product(**broken), product(item_code="B")], None)
    assert [each.item_code for each in read] == ["B"]
    warnings = [line["event"] for line in lines if line["log_level"] == "warning"]
    assert warnings == ["cardpluspay_element_skipped"]


@pytest.mark.parametrize(
    ("word", "posted"), [("PHYSICAL", True), ("physical", True), ("BOTH", False), (None, False)]
)
def test_what_comes_by_post_is_told_apart(word: str | None, posted: bool) -> None:
    assert shape(delivery_type=word).is_posted is posted


@pytest.mark.parametrize(
    ("codes", "meant"),
    [
        (["US"], "USA"),
        (["us"], "USA"),
        ("DE", "DEU"),
        (["DEU"], "DEU"),
        (["XK"], "XKX"),
        (["US", "CA"], "GLO"),
        ([], "GLO"),
        (None, "GLO"),
        (["EU"], "GLO"),
        (["XX"], "GLO"),
        ([7], "GLO"),
        ({"US": 1}, "GLO"),
    ],
)
def test_one_country_is_named_and_several_are_everywhere(codes: Any, meant: str) -> None:
    assert country(codes) == meant


@given(
    value=st.decimals(Decimal("0.01"), Decimal(100_000), places=2),
    price=st.decimals(Decimal("0.01"), Decimal(100_000), places=2),
)
def test_the_discount_gives_the_price_back_to_the_cent(value: Decimal, price: Decimal) -> None:
    percent = discount_percent(value, price, "USD")
    assert rounded(value * (100 - percent) / 100, "USD") == price


@pytest.mark.parametrize(
    ("value", "price", "percent"),
    [
        ("20", "19.35", "3.25"),
        ("20", "20", "0"),
        ("20", "21", "-5"),
        ("3", "2.99", "0.33"),
        ("20", "19.355", "3.225"),
    ],
)
def test_the_discount_is_as_short_as_it_can_be(value: str, price: str, percent: str) -> None:
    assert discount_percent(Decimal(value), Decimal(price), "USD") == Decimal(percent)


ROWS = [product(), product(item_code="B")]


@pytest.mark.parametrize(
    "data",
    [
        ROWS,
        {"products": ROWS},
        {"items": ROWS, "pagination": {}, "state": "success"},
        {"result": ROWS, "categories": ["Gaming"], "brands": [{"name": "Steam"}]},
        {"products": ["odd", *ROWS]},
    ],
)
def test_the_list_is_found_wherever_it_is(data: Any) -> None:
    assert [row for row in listed(reply(data), "item_code") if isinstance(row, dict)] == ROWS


@pytest.mark.parametrize("data", [[], {"products": []}, {"products": [], "brands": ["x"]}])
def test_a_list_with_nothing_in_it_is_empty(data: Any) -> None:
    assert listed(reply(data), "item_code") == []


@pytest.mark.parametrize(
    "data",
    [
        None,
        "x",
        5,
        {},
        {"products": {}},
        {"a": ROWS, "b": ROWS},
        {"a": [], "b": []},
        ["x"],
        {"a": [{"id": 1}]},
    ],
)
def test_where_no_single_list_is_meant_that_is_said_loudly(data: Any) -> None:
    with pytest.raises(MalformedResponse):
        listed(reply(data), "item_code")
