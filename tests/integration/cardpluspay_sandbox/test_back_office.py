"""The vendor's own office: looking at everything, changing anything, starting over."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.cardpluspay_stand_in import STEAM, StandIn, refusal
from tests.support.every import assert_every

DOCUMENT = Path(__file__).parents[3] / "docs" / "cardpluspay-stand-in.md"


def test_recent_requests_are_listed_with_account_status_duration_and_faults(cardpluspay: StandIn) -> None:
    cardpluspay.get("/catalog", q="steam")
    with pytest.raises(httpx.RemoteProtocolError):
        cardpluspay.get("/balance", "drop-after")

    dropped, listed, *_ = cardpluspay.back_office("GET", "requests")

    assert set(listed) == {"at", "method", "path", "status", "ms", "request_id", "faults", "account"}
    assert (listed["method"], listed["path"], listed["status"]) == ("GET", "/v1/catalog?q=steam", 200)
    assert listed["account"] == "1201"
    assert (dropped["status"], dropped["faults"]) == (None, ["drop-after"])


def test_orders_and_ledger_of_all_accounts_are_listed_newest_first(cardpluspay: StandIn) -> None:
    other = cardpluspay.another(balance=100)
    first, second = cardpluspay.ordered()["order_id"], other.ordered()["order_id"]

    orders, ledger = (
        cardpluspay.back_office("GET", "orders"),
        cardpluspay.back_office("GET", "ledger?limit=2"),
    )

    assert [(order["order_id"], order["account_id"]) for order in orders] == [
        (second, other.account),
        (first, cardpluspay.account),
    ]
    assert [row["order_id"] for row in ledger] == [second, first]
    assert cardpluspay.back_office("GET", f"orders/{first}") == orders[1]


def test_a_reset_starts_over_with_the_same_shelf_and_the_first_account(cardpluspay: StandIn) -> None:
    shelf = cardpluspay.back_office("GET", "items?limit=1000")
    other = cardpluspay.another()
    cardpluspay.ordered()
    cardpluspay.back_office("PATCH", f"items/{STEAM}", active=False, price=1, stock=0)
    cardpluspay.choose(money="swapped")
    cardpluspay.back_office("POST", "faults", kind="error", times=0)
    cardpluspay.later(1000)

    cardpluspay.back_office("POST", "reset")

    assert cardpluspay.back_office("GET", "items?limit=1000") == shelf
    assert other.get("/balance").status_code == 401
    assert str(cardpluspay.balance()) == "25000.00"
    assert cardpluspay.listed() == []
    assert cardpluspay.back_office("GET", "clock")["shift_s"] == 0
    assert cardpluspay.back_office("GET", "choices")["money"] == "documented"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "choices", {"money": "sometimes"}),
        ("PATCH", "choices", {"created_status": 202}),
        ("PATCH", "choices", {"late_by": 1.5}),
        ("PATCH", "choices", {"unknown": 1}),
        ("POST", "faults", {"kind": "nonsense"}),
        ("POST", "faults", {"kind": "drop-after", "match": {"colour": "red"}}),
        ("POST", "faults", {"kind": "choose", "money": "sometimes"}),
        ("POST", "clock", {"shift_s": "soon"}),
        ("POST", "accounts", {"currency": "JPY"}),
        ("POST", "accounts", {"balance": "0.001"}),
        ("POST", "accounts", {"balance": -1}),
        ("POST", "accounts", {"api_key": "acme-cardpluspay-key"}),
        ("POST", "accounts/1201/top-up", {}),
        ("POST", "accounts/1201/top-up", {"amount": "NaN"}),
        ("POST", "accounts/1201/buy", {"item_code": "nothing"}),
        ("POST", "accounts/1201/buy", {"item_code": STEAM, "quantity": 0}),
        ("PATCH", "accounts/1201", {"balance": -1}),
        ("PATCH", f"items/{STEAM}", {"price": 0}),
        ("PATCH", f"items/{STEAM}", {"stock": -1}),
        ("GET", "orders?limit=all", {}),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_with_the_reason(
    cardpluspay: StandIn, method: str, path: str, body: dict[str, Any]
) -> None:
    answer = cardpluspay.http.request(method, f"/admin/api/{path}", json=body)

    assert refusal(answer)[0] == 400
    assert refusal(answer)[1]


@pytest.mark.parametrize("path", ["accounts/9", "accounts/9/book", "orders/9"])
def test_what_is_not_there_is_404(cardpluspay: StandIn, path: str) -> None:
    assert refusal(cardpluspay.http.get(f"/admin/api/{path}"))[0] == 404


def test_an_action_that_an_order_does_not_know_is_refused(cardpluspay: StandIn) -> None:
    order_id = cardpluspay.ordered()["order_id"]

    answer = cardpluspay.http.post(f"/admin/api/orders/{order_id}", json={"do": "vanish"})

    assert refusal(answer) == (400, "do is one of deliver, fail, refund")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/admin", "text/html"),
        ("/admin/page.css", "text/css"),
        ("/admin/page.js", "javascript"),
        ("/admin/office.js", "javascript"),
    ],
)
def test_the_page_and_its_parts_are_served(cardpluspay: StandIn, path: str, kind: str) -> None:
    answer = cardpluspay.http.get(path)

    assert answer.status_code == 200
    assert kind in answer.headers["Content-Type"]


def test_the_documentation_names_every_fault_choice_value_and_option(cardpluspay: StandIn) -> None:
    page = DOCUMENT.read_text()
    command = [sys.executable, "-m", "bot", "sandbox", "cardpluspay", "--help"]
    usage = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    choices = cardpluspay.back_office("GET", "choices/values")
    names = {*cardpluspay.back_office("GET", "faults")["kinds"], *choices}
    assert_every(names, lambda name: f"`{name}`" in page)
    for name, choice in choices.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}`"))
        values = choice["allowed"] if isinstance(choice["allowed"], list) else [choice["first"]]
        assert values
        for value in values:
            assert str(value).lower() in row
    options = set(re.findall(r"--[a-z-]+", usage)) - {"--help"}
    assert_every(options, lambda option: option in page)


def test_every_fault_that_the_panel_offers_can_be_armed(cardpluspay: StandIn) -> None:
    offers = cardpluspay.back_office("GET", "faults")["offers"]
    faults = [fault for offer in offers for fault in offer["faults"]]
    assert len(faults) >= len(offers) > 10

    for fault in faults:
        cardpluspay.back_office("POST", "faults", **fault)
    armed = cardpluspay.back_office("DELETE", "faults")["armed"]
    assert armed == []
