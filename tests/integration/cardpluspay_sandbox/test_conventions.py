"""Section 1: the key, the envelope, amounts, times, pages, errors."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.support.cardpluspay_stand_in import STEAM, STEAM_PRICE, StandIn, content, refusal


@pytest.mark.contract("cardpluspay 1.1a", "cardpluspay 2.1a", "cardpluspay G20")
@pytest.mark.parametrize("path", ["/v1", "/v1/"])
def test_the_root_of_the_api_tells_its_version_without_a_key(cardpluspay: StandIn, path: str) -> None:
    answer = httpx.get(f"{cardpluspay.announced['address']}{path}", trust_env=False)

    assert answer.status_code == 200
    assert answer.json()["data"]["version"] == "v1"


@pytest.mark.contract("cardpluspay 1.2a", "cardpluspay 1.9a")
@pytest.mark.parametrize("key", [None, "", "wrong", '"acme-cardpluspay-key"', "ACME-CARDPLUSPAY-KEY"])
def test_a_call_without_the_right_key_is_401(cardpluspay: StandIn, key: str | None) -> None:
    headers = {} if key is None else {"X-API-Key": key}

    answer = httpx.get(f"{cardpluspay.announced['address']}/v1/balance", headers=headers, trust_env=False)

    assert refusal(answer)[0] == 401


@pytest.mark.contract("cardpluspay 1.2a")
def test_a_key_that_was_switched_off_is_401_until_it_is_on_again(cardpluspay: StandIn) -> None:
    cardpluspay.back_office("PATCH", "accounts/1201", active=False)
    assert refusal(cardpluspay.order())[0] == 401

    cardpluspay.back_office("PATCH", "accounts/1201", active=True)
    assert cardpluspay.order().is_success


@pytest.mark.contract("cardpluspay G19")
def test_the_key_header_can_be_made_to_need_its_exact_case(cardpluspay: StandIn) -> None:
    def status(name: str) -> int:
        address, key = cardpluspay.announced["address"], "acme-cardpluspay-key"
        return httpx.get(f"{address}/v1/balance", headers={name: key}, trust_env=False).status_code

    assert (status("X-API-Key"), status("x-api-key"), status("X-Api-Key")) == (200, 200, 200)
    cardpluspay.choose(key_header="exact")
    assert (status("X-API-Key"), status("x-api-key"), status("X-Api-Key")) == (200, 401, 401)


@pytest.mark.contract("cardpluspay 1.1b", "cardpluspay 1.3a")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("GET", "/catalog", None),
        ("POST", "/orders/check", {"item_id": STEAM}),
        ("POST", "/orders", {"item_code": STEAM}),
        ("GET", "/orders", None),
        ("GET", "/balance", None),
    ],
)
def test_every_good_answer_is_an_envelope(
    cardpluspay: StandIn, method: str, path: str, body: dict[str, Any] | None
) -> None:
    answer = cardpluspay.http.request(method, f"/v1{path}", json=body)

    assert answer.headers["Content-Type"] == "application/json"
    assert list(answer.json()) == ["success", "message", "data"]
    assert answer.json()["success"] is True
    assert answer.json()["message"]


@pytest.mark.contract("cardpluspay 1.3a", "cardpluspay 1.3b", "cardpluspay 1.9a")
@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nothing", None, 404),
        ("GET", "/orders/", None, 404),
        ("DELETE", "/orders", None, 405),
        ("GET", "/orders/1", None, 404),
        ("GET", "/orders/ORD-2026-417", None, 404),
        ("GET", "/orders/99999999999999999999999", None, 404),
        ("GET", "/catalog?item_id=nothing", None, 404),
        ("POST", "/orders", b"{", 400),
        ("POST", "/orders", b"[]", 400),
        ("POST", "/orders", b"{}", 422),
        ("POST", "/orders", b'{"item_code": "nothing"}', 400),
        ("POST", "/orders/check", b'{"item_id": "nothing"}', 404),
        ("POST", "/orders/check", b"{}", 422),
    ],
)
def test_every_refusal_is_an_envelope_with_nothing_but_a_status_and_a_message(
    cardpluspay: StandIn, method: str, path: str, body: bytes | None, status: int
) -> None:
    answer = cardpluspay.http.request(method, f"/v1{path}", content=body)

    assert refusal(answer)[0] == status
    assert refusal(answer)[1]


@pytest.mark.contract("cardpluspay 1.4a", "cardpluspay 1.4b")
def test_the_kind_of_json_of_an_amount_differs_by_endpoint(cardpluspay: StandIn) -> None:
    item = cardpluspay.items(item_id=STEAM)[0]
    check = content(cardpluspay.check())["data"]
    bought = cardpluspay.ordered()
    read, listed = cardpluspay.read(bought["order_id"]), cardpluspay.listed()[0]

    assert (item["value"], item["price"], check["price"]) == (20, STEAM_PRICE, STEAM_PRICE)
    assert (bought["amount"], bought["total_denomination"]) == ("19.28", 20)
    assert (bought["codes"][0]["charged_amount"], bought["codes"][0]["denomination"]) == ("19.28", "20.00")
    assert read["amount"] == listed["amount"] == STEAM_PRICE
    assert cardpluspay.get("/balance").json()["data"]["balance"] == "24980.72"


@pytest.mark.contract("cardpluspay G10")
def test_strings_and_numbers_can_be_swapped(cardpluspay: StandIn) -> None:
    cardpluspay.choose(money="swapped")

    check = content(cardpluspay.check())["data"]
    bought = cardpluspay.ordered()
    read, listed = cardpluspay.read(bought["order_id"]), cardpluspay.listed()[0]

    assert check["price"] == "19.28"
    assert (bought["amount"], bought["total_denomination"]) == (STEAM_PRICE, "20")
    assert (bought["codes"][0]["charged_amount"], bought["codes"][0]["denomination"]) == (STEAM_PRICE, 20)
    assert read["amount"] == listed["amount"] == "19.28"
    assert content(cardpluspay.get("/balance"))["data"]["balance"] == Decimal("24980.72")


@pytest.mark.contract("cardpluspay 1.5c")
def test_times_have_a_numeric_offset_and_are_right(cardpluspay: StandIn) -> None:
    written = cardpluspay.ordered()["created_at"]
    now = datetime.fromisoformat(cardpluspay.back_office("GET", "clock")["now"])

    assert written.endswith("+02:00")
    assert timedelta(0) <= now - datetime.fromisoformat(written) < timedelta(seconds=10)


@pytest.mark.contract("cardpluspay 1.7a", "cardpluspay 1.7b", "cardpluspay G3")
def test_a_list_comes_in_pages_that_say_where_one_is(cardpluspay: StandIn) -> None:
    first, second = (content(cardpluspay.get("/catalog", per_page=100, page=page))["data"] for page in (1, 2))
    beyond = content(cardpluspay.get("/catalog", per_page=100, page=7))["data"]

    assert first["pagination"] == {"total": 562, "per_page": 100, "current_page": 1, "last_page": 6}
    assert second["pagination"]["current_page"] == 2
    codes = [item["item_code"] for page in (first, second) for item in page["products"]]
    assert len(set(codes)) == 200
    assert beyond["products"] == []
    assert content(cardpluspay.get("/catalog"))["data"]["pagination"]["per_page"] == 10


@pytest.mark.contract("cardpluspay G3")
def test_the_page_parameter_can_be_made_to_mean_nothing(cardpluspay: StandIn) -> None:
    cardpluspay.choose(pages="ignored")

    first, second = (content(cardpluspay.get("/catalog", page=page))["data"] for page in (1, 2))

    assert first == second
    assert second["pagination"]["current_page"] == 1


@pytest.mark.contract("cardpluspay G5")
@pytest.mark.parametrize(
    ("path", "query", "clamped"),
    [
        ("/catalog", {"per_page": 101}, 100),
        ("/catalog", {"per_page": 0}, 1),
        ("/catalog", {"page": -1, "per_page": 5}, 5),
        ("/catalog", {"sort_by": "colour", "per_page": 5}, 5),
        ("/catalog", {"q": "x" * 256, "per_page": 5}, 0),
        ("/catalog", {"value_min": -1, "per_page": 5}, 5),
        ("/catalog", {"delivery_type": "PIGEON", "per_page": 5}, 5),
        ("/orders", {"per_page": 101}, 0),
        ("/orders", {"order": "sideways"}, 0),
    ],
)
def test_what_is_out_of_range_is_422_or_brought_into_range(
    cardpluspay: StandIn, path: str, query: dict[str, Any], clamped: int
) -> None:
    assert refusal(cardpluspay.get(path, **query))[0] == 422

    cardpluspay.choose(out_of_range="clamp")

    data = cardpluspay.get(path, **query).json()["data"]
    assert len(data["products" if path == "/catalog" else "orders"]) == clamped


@pytest.mark.contract("cardpluspay G5")
@pytest.mark.parametrize(("quantity", "clamped"), [(0, 1), (-3, 1), (101, 100)])
def test_a_quantity_out_of_range_is_422_or_brought_into_range(
    cardpluspay: StandIn, quantity: int, clamped: int
) -> None:
    assert refusal(cardpluspay.order(quantity=quantity))[0] == 422

    cardpluspay.choose(out_of_range="clamp")

    assert len(cardpluspay.ordered(quantity=quantity)["codes"]) == clamped


@pytest.mark.contract("cardpluspay 1.9a", "cardpluspay G9")
@pytest.mark.parametrize("quantity", ["2", 1.5, True, []])
def test_a_field_of_the_wrong_type_is_422_and_named(cardpluspay: StandIn, quantity: Any) -> None:
    answer = cardpluspay.order(quantity=quantity)

    assert refusal(answer)[0] == 422
    assert answer.json()["data"] == {"errors": {"quantity": ["The quantity field must be an integer."]}}
    cardpluspay.choose(field_errors=False)
    assert cardpluspay.order(quantity=quantity).json()["data"] == {}


@pytest.mark.contract("cardpluspay G8")
def test_data_of_a_failure_is_empty_or_null_or_absent(cardpluspay: StandIn) -> None:
    bodies = []
    for failure_data in ("empty", "null", "absent"):
        cardpluspay.choose(failure_data=failure_data)
        bodies.append(cardpluspay.get("/nothing").json())

    assert bodies[0] == {"success": False, "message": "Resource not found", "data": {}}
    assert bodies[1] == {"success": False, "message": "Resource not found", "data": None}
    assert bodies[2] == {"success": False, "message": "Resource not found"}


@pytest.mark.contract("cardpluspay 1.8a", "cardpluspay G17")
def test_a_rate_limit_can_be_switched_on_with_or_without_retry_after(cardpluspay: StandIn) -> None:
    cardpluspay.choose(calls_per_minute=3)

    answers = [cardpluspay.order() for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[3].headers["Retry-After"]) <= 60
    cardpluspay.choose(retry_after=False)
    assert "Retry-After" not in cardpluspay.order().headers
    assert len(cardpluspay.book()["orders"]) == 3
    assert cardpluspay.another().get("/balance").status_code == 200
    cardpluspay.later(61)
    assert cardpluspay.order().status_code == 200
