"""The vendor's own office: looking at everything, changing anything, starting over."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.every import assert_every
from tests.support.octopus_stand_in import STEAM_US, USD, StandIn


def test_recent_requests_are_listed_with_status_duration_and_request_id(vendor: StandIn) -> None:
    answer = vendor.get("/products", limit=1)
    with pytest.raises(httpx.RemoteProtocolError):
        vendor.get("/wallets", "drop-after")

    dropped, listed, *_ = vendor.back_office("GET", "requests")

    assert set(listed) == {"at", "method", "path", "status", "ms", "request_id", "faults"}
    assert (listed["method"], listed["path"], listed["status"]) == ("GET", "/api/v1/products?limit=1", 200)
    assert listed["request_id"] == answer.headers["X-Request-Id"]
    assert listed["ms"] >= 0
    assert (dropped["status"], dropped["faults"]) == (None, ["drop-after"])


def test_orders_are_shown_with_clear_codes_and_whether_the_client_has_seen_them(vendor: StandIn) -> None:
    placed = vendor.order().json()

    [seen] = vendor.back_office("GET", "orders")

    assert seen["vouchers"][0]["card_number"] == placed["vouchers"][0]["card_number"]
    assert seen["vouchers"][0]["revealed"] is True


def test_the_ledger_links_movements_to_orders(vendor: StandIn) -> None:
    order = vendor.order().json()

    latest = vendor.back_office("GET", "ledger?limit=1")[0]

    assert (latest["order_id"], latest["client_id"], latest["currency"]) == (order["id"], 7, "USD")
    assert latest["balance_after"] == vendor.balance(USD)


def test_a_reset_starts_over_with_the_same_shelf_wallets_and_credentials(vendor: StandIn) -> None:
    wallets, shelf = vendor.get("/wallets").json(), vendor.get("/products", limit=500).json()
    vendor.order()
    vendor.back_office("PATCH", f"products/{STEAM_US}", active=False)
    vendor.back_office("PATCH", "choices", reads="always")
    vendor.back_office("POST", "faults", kind="error", times=0)
    vendor.later(1000)

    vendor.back_office("POST", "reset")
    vendor.log_in()

    assert vendor.get("/wallets").json() == wallets
    assert vendor.get("/products", limit=500).json() == shelf
    assert vendor.get("/orders").json() == []
    clock = vendor.back_office("GET", "clock")
    assert clock["shift_s"] == 0
    assert vendor.get("/transactions").json()[0]["created_at"] <= clock["now"]
    assert vendor.back_office("GET", "choices")["reads"] == "once"


def test_all_tokens_can_be_ended(vendor: StandIn) -> None:
    vendor.back_office("POST", "tokens/revoke", kind="access")

    assert vendor.get("/wallets").status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "choices", {"reads": "sometimes"}),
        ("PATCH", "choices", {"unknown": 1}),
        ("PATCH", "limits", {"unknown": 1}),
        ("POST", "faults", {"kind": "nonsense"}),
        ("POST", "clock", {"shift_s": "soon"}),
        ("POST", "rates", {"from": "EUR", "to": "XXX", "rate": 1}),
        ("PATCH", "wallets/31", {"amount": -1}),
        ("PATCH", "wallets/31", {"amount": 1.001}),
        ("PATCH", "clients/7", {"ip_list": ["somewhere"]}),
        ("POST", "orders/70001", {"do": "vanish"}),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_with_the_reason(
    vendor: StandIn, method: str, path: str, body: dict[str, Any]
) -> None:
    vendor.order()

    answer = vendor.http.request(method, f"/admin/api/{path}", json=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_the_admin_api_also_answers_without_its_api_prefix(vendor: StandIn) -> None:
    assert vendor.http.get("/admin/wallets").json() == vendor.http.get("/admin/api/wallets").json()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/admin", "text/html"),
        ("/admin/page.css", "text/css"),
        ("/admin/page.js", "javascript"),
        ("/images/steam.png", "image/png"),
    ],
)
def test_the_page_its_parts_and_the_card_pictures_are_served(vendor: StandIn, path: str, kind: str) -> None:
    answer = vendor.http.get(path)

    assert answer.status_code == 200
    assert kind in answer.headers["Content-Type"]


def test_products_point_to_pictures_that_exist(vendor: StandIn) -> None:
    urls = {product["image_url"] for product in vendor.get("/products", limit=20).json()} - {None}

    assert urls
    assert_every(urls, lambda url: httpx.get(url, trust_env=False).content.startswith(b"\x89PNG"))


def test_the_documentation_names_every_fault_choice_quota_and_option(vendor: StandIn) -> None:
    page = (Path(__file__).parents[3] / "docs" / "octopus-stand-in.md").read_text()
    command = [sys.executable, "-m", "bot", "sandbox", "octopus", "--help"]
    usage = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    names = {
        *vendor.back_office("GET", "faults")["kinds"],
        *vendor.back_office("GET", "choices"),
        *vendor.back_office("GET", "limits"),
    }
    assert_every(names, lambda name: f"`{name}`" in page)
    options = set(re.findall(r"--[a-z-]+", usage)) - {"--help", "--rate-limits"}
    assert_every(options, lambda option: option in page)


def test_every_fault_that_the_panel_offers_can_be_armed(vendor: StandIn) -> None:
    offers = vendor.back_office("GET", "faults")["offers"]
    faults = [fault for offer in offers for fault in offer["faults"]]
    assert len(faults) >= len(offers) > 10

    for fault in faults:
        vendor.back_office("POST", "faults", **fault)
    armed = vendor.back_office("DELETE", "faults")["armed"]
    assert armed == []
