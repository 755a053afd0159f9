"""Section 4: finding products, reading one, asking for stock."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.every import assert_every
from tests.support.octopus_stand_in import STEAM_US, StandIn, content, refusal

LISTED = {
    "id": int, "name": str, "category": str, "sub_category": str | None, "country_code": str,
    "currency_code": str, "image_url": str | None, "delivery_mode": str | None, "delivery_time": str | None,
    "validity": str | None, "available_denominations": list,
}  # fmt: skip


def everything(vendor: StandIn, **query: Any) -> list[dict[str, Any]]:
    products: list[dict[str, Any]] = content(vendor.get("/products", limit=500, **query))
    return products


@pytest.mark.contract("2.3a", "4.1a")
def test_each_listed_product_has_exactly_the_documented_fields(vendor: StandIn) -> None:
    """4.1"""
    products = everything(vendor)

    assert len(products) > 300
    for product in products:
        assert list(product) == list(LISTED)
        for name, kind in LISTED.items():
            assert isinstance(product[name], kind), (product["id"], name)
        assert product["delivery_mode"] in {"Code with PIN", "URL"}
        assert product["delivery_time"] in {"Instant", "Delayed"}
        for offer in product["available_denominations"]:
            assert list(offer) == ["min_value", "max_value", "discount"]
            assert 0 < offer["min_value"] <= offer["max_value"]
            assert 0 <= offer["discount"] < 100


@pytest.mark.contract("4a")
def test_the_catalogue_has_both_delivery_modes_and_fixed_range_and_mixed_values(vendor: StandIn) -> None:
    """4"""
    products = everything(vendor)

    kinds = {
        frozenset(offer["min_value"] == offer["max_value"] for offer in product["available_denominations"])
        for product in products
    }
    assert kinds == {frozenset({True}), frozenset({False}), frozenset({True, False})}
    assert {product["delivery_mode"] for product in products} == {"Code with PIN", "URL"}
    assert {product["delivery_time"] for product in products} == {"Instant", "Delayed"}


@pytest.mark.contract("2.4b")
def test_ten_products_come_by_default_sorted_by_name(vendor: StandIn) -> None:
    """4.1"""
    names = [product["name"].casefold() for product in vendor.get("/products").json()]

    assert len(names) == 10
    assert names == sorted(names)


@pytest.mark.contract("4.1b")
@pytest.mark.parametrize("key", ["name", "category"])
def test_sorting_runs_either_way(vendor: StandIn, key: str) -> None:
    """4.1"""
    upward = [product[key].lower() for product in everything(vendor, sort_by=key)]
    downward = [product[key].lower() for product in everything(vendor, sort_by=key, sort_dir="desc")]

    assert upward == sorted(upward)
    assert downward == upward[::-1]


@pytest.mark.contract("4.1b")
@pytest.mark.parametrize(
    "brand", ["steam", "amazon", "apple", "playstation", "xbox", "netflix", "uber", "spotify", "zalando"]
)
def test_well_known_brands_are_found_by_any_case_in_several_countries(vendor: StandIn, brand: str) -> None:
    """4.1"""
    lower, upper = everything(vendor, search=brand), everything(vendor, search=brand.upper())

    assert lower == upper
    assert_every(lower, lambda product: brand in product["name"].lower())
    assert len({product["country_code"] for product in lower}) > 3


def test_search_folds_the_case_of_accented_letters_too(vendor: StandIn) -> None:
    """4.1"""
    assert {product["name"] for product in everything(vendor, search="INGLÉS")} == {"El Corte Inglés"}


@pytest.mark.contract("4.1b")
def test_filters_combine(vendor: StandIn) -> None:
    """4.1; country 14 is Germany, currency 2 the euro, country 1 the United States (14)"""
    german = everything(vendor, country_id=14, currency_id=2, category="Gaming")

    assert german
    for product in german:
        assert (product["country_code"], product["currency_code"], product["category"]) == (
            "DEU",
            "EUR",
            "Gaming",
        )
    assert {product["country_code"] for product in everything(vendor, country_id=1)} == {"USA"}


@pytest.mark.contract("4.1b")
def test_filters_that_match_nothing_find_nothing(vendor: StandIn) -> None:
    """4.1: a category is an exact name, an unknown id is no error"""
    assert everything(vendor, category="gaming") == []
    assert everything(vendor, country_id=77) == []
    assert everything(vendor, currency_id=77) == []
    assert everything(vendor, search="no such brand") == []


@pytest.mark.contract("4.2a")
def test_the_detail_adds_terms_details_and_instructions_some_of_them_null(vendor: StandIn) -> None:
    """4.2"""
    details = [vendor.get(f"/products/{number}").json() for number in range(8101, 8131)]

    for detail in details:
        assert list(detail) == [*LISTED, "terms", "details", "how_to_use"]
    assert {type(detail["terms"]) for detail in details} == {str, type(None)}


@pytest.mark.contract("4.2b")
@pytest.mark.parametrize("number", ["abc", "0", "-1", "1.5", "99999999999"])
def test_a_malformed_product_id_is_a_bad_request(vendor: StandIn, number: str) -> None:
    """4.2"""
    expected = (400, "BadRequestError", "BAD_REQUEST", "Invalid product ID")
    assert refusal(vendor.get(f"/products/{number}")) == expected


@pytest.mark.contract("4.2b", "4b")
def test_products_that_are_absent_inactive_or_hidden_from_the_client_are_not_found(vendor: StandIn) -> None:
    """4.2"""
    vendor.back_office("PATCH", "products/8102", active=False)
    vendor.back_office("PATCH", "clients/7", products={"8103": {"hidden": True}})

    for number in (1, 8102, 8103):
        expected = (404, "NotFoundError", "NOT_FOUND", "Product not found")
        assert refusal(vendor.get(f"/products/{number}")) == expected
    listed = {product["id"] for product in everything(vendor, search="steam")}
    assert listed.isdisjoint({8102, 8103})
    vendor.log_in("another-sandbox-key", "another-sandbox-secret")
    assert vendor.get("/products/8103").status_code == 200


@pytest.mark.contract("4a")
def test_a_client_gets_the_better_of_its_own_and_the_usual_discount(vendor: StandIn) -> None:
    """4"""
    vendor.back_office("PATCH", "clients/7", products={"8101": {"discount": 9.5}, "8102": {"discount": 0.5}})

    def discounts(number: int) -> set[Decimal]:
        product = content(vendor.get(f"/products/{number}"))
        return {offer["discount"] for offer in product["available_denominations"]}

    assert discounts(8101) == {Decimal("9.5")}
    assert min(discounts(8102)) > Decimal("0.5")


@pytest.mark.contract("4b")
def test_only_products_in_stock_are_listed(vendor: StandIn) -> None:
    """4"""
    vendor.back_office("PATCH", f"products/{STEAM_US}", stock=0)

    assert STEAM_US not in {product["id"] for product in everything(vendor, search="steam")}


@pytest.mark.contract("4.3a")
@pytest.mark.parametrize(
    ("denomination", "quantity", "available"),
    [(20, 3, True), (20, 4, False), (21, 1, False), (20.001, 1, False)],
)
def test_availability_asks_whether_stock_can_satisfy_the_order(
    vendor: StandIn, denomination: float, quantity: int, available: bool
) -> None:
    """4.3"""
    vendor.back_office("PATCH", f"products/{STEAM_US}", stock=3)

    answer = vendor.post(f"/products/{STEAM_US}/availability", denomination=denomination, quantity=quantity)

    assert (answer.status_code, answer.json()) == (200, {"is_available": available})
