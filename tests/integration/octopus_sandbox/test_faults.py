"""Sections 17.1 and 18.1: what goes wrong on demand, by header or armed beforehand."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.support.octopus_stand_in import STEAM_DE, STEAM_US, USD, StandIn, content, refusal


def outcome(vendor: StandIn, fault: str, **wanted: Any) -> str:
    """The status answered, or `no answer`."""
    try:
        return str(vendor.order(fault, **wanted).status_code)
    except httpx.RemoteProtocolError:
        return "no answer"


@pytest.mark.contract("9.2b")
@pytest.mark.parametrize(
    ("fault", "answered", "placed"),
    [
        ("drop-before", "no answer", False),
        ("drop-after", "no answer", True),
        ("truncate", "no answer", True),
        ("rate-limited", "429", False),
        ("error", "500", False),
        ("error; when=after", "500", True),
        ("error; status=503; when=after", "503", True),
        ("delay-before; seconds=0.01", "201", True),
        ("delay-after; seconds=0.01", "201", True),
        ("delay-after; seconds=0.01, drop-after", "no answer", True),
        ("insufficient-funds", "400", False),
        ("out-of-stock", "400", False),
        ("vanish", "404", False),
        ("token-expired", "401", False),
    ],
)
def test_a_fault_happens_before_or_after_the_order_is_committed(
    vendor: StandIn, fault: str, answered: str, placed: bool
) -> None:
    before = vendor.balance(USD)

    assert outcome(vendor, fault, client_reference="faulty") == answered

    vendor.log_in()
    assert len(vendor.get("/orders", client_reference="faulty").json()) == placed
    assert (vendor.balance(USD) < before) is placed


@pytest.mark.contract("9.2d")
def test_an_order_delayed_before_its_commit_is_not_found_until_then(vendor: StandIn) -> None:
    """9.2, step 5: an empty look-up straight after a time-out proves nothing"""
    with pytest.raises(httpx.ReadTimeout):
        vendor.http.post(
            "/api/v1/orders",
            json={"product_id": STEAM_US, "denomination": 20, "quantity": 1, "client_reference": "slow"},
            headers={"X-Sandbox-Fault": "delay-before; seconds=0.4"},
            timeout=0.05,
        )

    assert vendor.get("/orders", client_reference="slow").json() == []
    assert vendor.get("/orders", "delay-before; seconds=0.5", client_reference="slow").json()


@pytest.mark.contract("9.2b", "16.2a")
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_gateway_errors_come_as_json_or_as_a_page(vendor: StandIn, status: int) -> None:
    """16.2"""
    as_json = vendor.get("/wallets", f"error; status={status}")
    as_page = vendor.get("/wallets", f"error; status={status}; body=html")

    assert refusal(as_json)[0] == status
    assert (as_page.status_code, as_page.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert as_page.text.startswith("<html>")
    assert as_page.headers["X-Request-Id"]


@pytest.mark.contract("15b")
def test_a_429_says_for_how_long(vendor: StandIn) -> None:
    """15"""
    answer = vendor.get("/wallets", "rate-limited; seconds=4")

    assert answer.headers["Retry-After"] == "4"
    assert refusal(answer)[3] == "Rate limit exceeded. Retry after 4 seconds."


@pytest.mark.contract("3.4b")
def test_an_expired_token_stays_expired_until_the_client_refreshes(vendor: StandIn) -> None:
    pair = vendor.log_in().json()["data"]

    assert vendor.get("/wallets", "token-expired").status_code == 401
    assert vendor.get("/wallets").status_code == 401
    answer = vendor.http.post("/auth/refresh", json={"refresh_token": pair["refresh_token"]})
    assert answer.status_code == 200


@pytest.mark.contract("6.2b", "G7")
@pytest.mark.parametrize(
    ("fault", "status", "vouchers"),
    [
        ("pending", "PENDING", 0),
        ("stall", "PENDING", 0),
        ("fail", "FAILED", 0),
        ("cancel", "CANCELLED", 0),
        ("partial", "PARTIALLY_DELIVERED", 2),
        ("partial; deliver=3; then=stay", "PARTIALLY_DELIVERED", 3),
        ("partial; deliver=0", "PARTIALLY_DELIVERED", 0),
    ],
)
def test_a_small_order_may_be_answered_with_any_status(
    vendor: StandIn, fault: str, status: str, vouchers: int
) -> None:
    """6.2, G7"""
    answer = vendor.order(fault, quantity=5)

    assert (answer.status_code, answer.json()["status"]) == (201, status)
    assert len(answer.json()["vouchers"]) == vouchers


@pytest.mark.contract("8a")
@pytest.mark.parametrize(
    ("fault", "status", "refunded"),
    [
        ("fail", "FAILED", Decimal("154.40")),
        ("cancel", "CANCELLED", Decimal("154.40")),
        ("partial; deliver=6", "PARTIALLY_DELIVERED", Decimal("38.60")),
        ("partial; deliver=6; then=complete", "DELIVERED", 0),
        ("partial; deliver=6; then=stay", "PARTIALLY_DELIVERED", 0),
    ],
)
def test_a_large_order_reaches_any_end_in_the_background_with_its_refund(
    vendor: StandIn, fault: str, status: str, refunded: Decimal
) -> None:
    """8, 9.3"""
    before = vendor.balance(USD)
    order = vendor.order(fault, quantity=8).json()
    assert order["status"] == "PENDING"

    for _ in range(2):
        due = vendor.back_office("GET", "orders")[0]["due_at"]
        vendor.later(5)
        vendor.settled(order["id"], lambda seen, due=due: seen["due_at"] is None or seen["due_at"] != due)  # type: ignore[misc]

    assert vendor.get(f"/orders/{order['id']}").json()["status"] == status
    assert before - vendor.balance(USD) == Decimal("154.40") - refunded


def test_a_pending_order_takes_the_time_it_was_given(vendor: StandIn) -> None:
    order = vendor.order("pending; seconds=600", quantity=1).json()

    vendor.later(500)
    assert vendor.get(f"/orders/{order['id']}").json()["status"] == "PENDING"
    vendor.later(101)
    assert vendor.settled(order["id"], lambda seen: seen["status"] == "DELIVERED")


@pytest.mark.parametrize(
    ("do", "status"), [("deliver", "DELIVERED"), ("fail", "FAILED"), ("cancel", "CANCELLED")]
)
def test_a_stalled_order_waits_for_the_back_office(vendor: StandIn, do: str, status: str) -> None:
    order = vendor.order("stall").json()
    vendor.later(100_000)
    vendor.log_in()
    assert vendor.get(f"/orders/{order['id']}").json()["status"] == "PENDING"

    vendor.back_office("POST", f"orders/{order['id']}", do=do)

    assert vendor.get(f"/orders/{order['id']}").json()["status"] == status


def test_a_price_can_move_for_one_order_between_quote_and_purchase(vendor: StandIn) -> None:
    asked: dict[str, Any] = {"denomination": 20, "quantity": 1, "wallet_id": USD}
    quoted = content(vendor.post(f"/products/{STEAM_DE}/charges", **asked))
    before = vendor.balance(USD)

    fault = "price-change; discount=0; forex_rate=1.5"
    order = content(vendor.order(fault, product_id=STEAM_DE, wallet_id=USD))

    assert quoted["total_payable"] < before - vendor.balance(USD) == 30
    assert order["discount"] == 0


@pytest.mark.contract("G6")
def test_out_of_stock_can_be_switched_to_a_failed_and_refunded_order(vendor: StandIn) -> None:
    """6.5, G6"""
    vendor.back_office("PATCH", "choices", out_of_stock="fail")
    before = vendor.balance(USD)

    answer = vendor.order("out-of-stock")

    assert (answer.status_code, answer.json()["status"]) == (201, "FAILED")
    assert vendor.balance(USD) == before


@pytest.mark.contract("G7")
def test_small_orders_of_delayed_products_can_be_switched_to_pending(vendor: StandIn) -> None:
    """6.2"""
    vendor.back_office("PATCH", f"products/{STEAM_US}", delivery_time="Delayed")
    assert vendor.order().json()["status"] == "DELIVERED"

    vendor.back_office("PATCH", "choices", delayed_products="pending")

    assert vendor.order().json()["status"] == "PENDING"


def test_an_armed_fault_hits_matching_requests_so_many_times(vendor: StandIn) -> None:
    match = {"method": "GET", "path": "/api/v1/orders*"}
    vendor.back_office("POST", "faults", kind="error", status=503, times=2, skip=1, match=match)

    statuses = [vendor.get("/orders").status_code for _ in range(5)]

    assert statuses == [200, 503, 503, 200, 200]
    assert vendor.order().status_code == 201
    assert vendor.back_office("GET", "faults")["armed"] == []


def test_a_fault_armed_zero_times_lasts_until_disarmed(vendor: StandIn) -> None:
    vendor.back_office("POST", "faults", kind="rate-limited", times=0, match={"path": "/api/v1/wallets"})

    assert {vendor.get("/wallets").status_code for _ in range(5)} == {429}
    vendor.back_office("DELETE", "faults")
    assert vendor.get("/wallets").status_code == 200


@pytest.mark.parametrize(
    "header", ["nonsense", "error; status=418", "delay-before; seconds=soon", "webhook-lost"]
)
def test_a_fault_that_does_not_exist_is_refused_not_ignored(vendor: StandIn, header: str) -> None:
    status, _, _, message = refusal(vendor.get("/wallets", header))

    assert status == 400
    assert message.startswith("X-Sandbox-Fault: ")
