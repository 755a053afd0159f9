"""Section 14: countries, currencies, categories, subcategories."""

import pytest

from tests.support.every import assert_every
from tests.support.octopus_stand_in import StandIn, refusal


@pytest.mark.contract("14b")
def test_countries_have_their_codes_as_text(vendor: StandIn) -> None:
    """14, the documented sample"""
    germany = {
        "id": 14,
        "name": "Germany",
        "official_name": "Federal Republic of Germany",
        "alpha_2": "DE",
        "alpha_3": "DEU",
        "numeric_code": "276",
        "dialing_prefix": "+49",
    }

    countries = vendor.get("/countries").json()

    assert germany in countries
    assert vendor.get("/countries/14").json() == germany
    assert vendor.get("/countries/1").json()["alpha_3"] == "USA"
    assert_every(countries, lambda country: list(country) == list(germany))


@pytest.mark.contract("2.5b", "14b")
def test_currencies_tell_their_precision(vendor: StandIn) -> None:
    """14, 2.5"""
    currencies = vendor.get("/currencies").json()

    assert_every(currencies, lambda entry: list(entry) == ["id", "name", "currency", "precision"])
    precision = {entry["currency"]: entry["precision"] for entry in currencies}
    assert (precision["USD"], precision["JPY"], precision["KWD"]) == (2, 0, 3)


@pytest.mark.contract("14b")
@pytest.mark.parametrize("family", ["categories", "subcategories"])
def test_categories_are_listed_and_read_one_by_one(vendor: StandIn, family: str) -> None:
    """14"""
    entries = vendor.get(f"/{family}").json()

    assert entries
    for entry in entries:
        assert list(entry) == ["id", "name"]
        assert vendor.get(f"/{family}/{entry['id']}").json() == entry


def test_every_product_uses_known_countries_currencies_and_categories(vendor: StandIn) -> None:
    """4, 14"""
    known = {
        "country_code": {entry["alpha_3"] for entry in vendor.get("/countries").json()},
        "currency_code": {entry["currency"] for entry in vendor.get("/currencies").json()},
        "category": {entry["name"] for entry in vendor.get("/categories").json()},
        "sub_category": {entry["name"] for entry in vendor.get("/subcategories").json()} | {None},
    }

    products = vendor.get("/products", limit=500).json()

    for name, values in known.items():
        assert {product[name] for product in products} <= values


@pytest.mark.contract("14c")
@pytest.mark.parametrize("number", ["x", "0", "2147483648"])
def test_a_country_id_out_of_range_is_a_bad_request(vendor: StandIn, number: str) -> None:
    """14"""
    expected = (400, "BadRequestError", "BAD_REQUEST", "Invalid country ID")
    assert refusal(vendor.get(f"/countries/{number}")) == expected


@pytest.mark.contract("14c")
@pytest.mark.parametrize("path", ["/countries/2147483647", "/categories/99", "/subcategories/99"])
def test_an_unknown_id_is_not_found(vendor: StandIn, path: str) -> None:
    """14"""
    assert refusal(vendor.get(path))[:3] == (404, "NotFoundError", "NOT_FOUND")


@pytest.mark.contract("14a")
def test_the_whole_set_comes_in_one_cacheable_answer(vendor: StandIn) -> None:
    """14, 2.4"""
    answer = vendor.get("/countries")

    assert answer.headers["Cache-Control"] == "max-age=86400, stale-while-revalidate=600"
    assert "X-Page" not in answer.headers
