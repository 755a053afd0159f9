"""Sections 2, 15 and 16: headers, paging, errors, rate limits."""

import re
from collections.abc import Callable

import httpx
import pytest

from tests.support.every import assert_every
from tests.support.octopus_stand_in import StandIn, refusal


@pytest.mark.contract("2.2a")
def test_every_answer_carries_a_request_id_ours_if_it_was_given(vendor: StandIn) -> None:
    """2.2"""
    given = "2abcDEF0123456789ghijklmnop"

    echoed = vendor.http.get("/api/v1/wallets", headers={"X-Request-Id": given})
    generated = [vendor.get("/wallets"), vendor.get("/nothing"), vendor.http.put("/auth/login")]

    assert echoed.headers["X-Request-Id"] == given
    ids = [answer.headers["X-Request-Id"] for answer in generated]
    assert_every(ids, lambda request_id: re.fullmatch(r"[0-9A-Za-z]{27}", request_id))
    assert len(set(ids)) == len(ids)


@pytest.mark.contract("2.2a")
@pytest.mark.parametrize("unfit", ["x" * 64, "white space"])
def test_a_request_id_that_is_no_ksuid_is_replaced(vendor: StandIn, unfit: str) -> None:
    """2.2"""
    answer = vendor.http.get("/api/v1/wallets", headers={"X-Request-Id": unfit})

    assert answer.headers["X-Request-Id"] != unfit


@pytest.mark.contract("16.1a", "G19")
@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "NOT_FOUND"),
        ("GET", "/api/v1/orders/", 404, "NOT_FOUND"),
        ("GET", "/api/v1/topups/products", 404, "NOT_FOUND"),
        ("DELETE", "/api/v1/orders", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/api/v1/products/8101/availability", 405, "METHOD_NOT_ALLOWED"),
    ],
)
def test_what_does_not_exist_is_refused_as_json(
    vendor: StandIn, method: str, path: str, status: int, code: str
) -> None:
    """16.2"""
    answer = vendor.http.request(method, path)

    assert refusal(answer)[0:3:2] == (status, code)


@pytest.mark.contract("2.2b")
def test_a_post_must_say_that_it_is_json(vendor: StandIn) -> None:
    """2.2"""
    answer = vendor.http.post("/api/v1/orders", content=b"{}", headers={"Content-Type": "text/plain"})

    assert refusal(answer)[0] == 415


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b'{"quantity": NaN}'])
def test_an_unreadable_body_is_a_validation_failure(vendor: StandIn, body: bytes) -> None:
    """16.2"""
    answer = vendor.http.post("/api/v1/orders", content=body, headers={"Content-Type": "application/json"})

    assert refusal(answer)[2] == "VALIDATION_FAILURE"


@pytest.mark.contract("G19")
def test_a_body_of_more_than_a_megabyte_is_too_large(vendor: StandIn) -> None:
    """16.2"""
    assert refusal(vendor.order(email="x" * 1_000_000))[:3:2] == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.contract("2.4a")
def test_paging_headers_describe_each_page(vendor: StandIn) -> None:
    """2.4"""
    total = int(vendor.get("/products").headers["X-Total-Count"])
    last = total // 100 + 1

    answer = vendor.get("/products", limit=100, page=last)

    assert len(answer.json()) == total % 100
    described = {name: value for name, value in answer.headers.items() if name.startswith("x-")}
    del described["x-request-id"]
    assert described == {
        "x-page": str(last),
        "x-per-page": "100",
        "x-total-count": str(total),
        "x-total-pages": str(last),
        "x-page-size": str(total % 100),
        "x-has-more": "false",
    }  # fmt: skip
    assert vendor.get("/products", limit=100).headers["X-Has-More"] == "true"


def test_a_page_behind_the_last_one_is_empty(vendor: StandIn) -> None:
    """2.4"""
    answer = vendor.get("/products", page=9999)

    assert (answer.status_code, answer.json(), answer.headers["X-Has-More"]) == (200, [], "false")


@pytest.mark.contract("2.4b", "4.1c")
@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/products", "limit=501"),
        ("/products", "limit=0"),
        ("/products", "page=0"),
        ("/products", "page=two"),
        ("/products", "sort_by=price"),
        ("/products", "sort_dir=up"),
        ("/products", "country_id=USA"),
        ("/transactions", "wallet_id=0"),
        ("/transactions", "limit=10001"),
        ("/orders", "status=LOST"),
    ],
)
def test_query_values_out_of_range_are_refused(vendor: StandIn, path: str, query: str) -> None:
    """2.4, 4.1, 12.2"""
    answer = vendor.http.get(f"/api/v1{path}?{query}")

    assert refusal(answer) == (400, "BadRequestError", "BAD_REQUEST", "Invalid query parameters")


@pytest.mark.contract("2.5a")
def test_money_is_written_as_plain_numbers_without_noise(vendor: StandIn) -> None:
    """2.5"""
    text = vendor.post("/products/8103/charges", denomination=20, quantity=3, wallet_id=31).text

    assert '"total_payable": 62.86' in text
    assert not re.search(r"\d\.\d{7,}", text)


@pytest.mark.contract("15a")
@pytest.mark.parametrize(
    ("quota", "limit", "call"),
    [
        ("orders", 120, lambda vendor: vendor.order(denomination=1)),
        ("charges", 300, lambda vendor: vendor.post("/products/8101/charges", denomination=20, quantity=1)),
        ("get", 600, lambda vendor: vendor.get("/wallets")),
        ("login", 30, lambda vendor: vendor.log_in(secret="wrong")),
    ],
)
def test_each_class_of_endpoint_has_its_own_quota(
    vendor: StandIn, quota: str, limit: int, call: Callable[[StandIn], httpx.Response]
) -> None:
    """15"""
    limits = vendor.back_office("GET", "limits")
    assert limits[quota] == limit
    vendor.back_office("PATCH", "limits", **{quota: 3})

    answers: list[httpx.Response] = [call(vendor) for _ in range(4)]

    assert answers[-1].status_code == 429
    seconds = int(answers[-1].headers["Retry-After"])
    assert 1 <= seconds <= 60
    expected = f"Rate limit exceeded. Retry after {seconds} seconds."
    assert refusal(answers[-1]) == (429, "TooManyRequestsError", "TOO_MANY_REQUESTS", expected)
    assert vendor.post("/products/8101/availability", denomination=20, quantity=1).status_code == 200
    vendor.later(seconds)
    assert call(vendor).status_code != 429
