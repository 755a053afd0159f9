"""Section 7: what goes wrong on demand, by header or armed beforehand."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.support.cardpluspay_stand_in import STEAM, STEAM_PRICE, StandIn, content, refusal
from tests.support.waiting import wait_until

EVERYTHING = Decimal("25000.00")


def outcome(vendor: StandIn, fault: str, **wanted: Any) -> str:
    """The status answered, or `no answer`."""
    try:
        return str(vendor.order(fault, **wanted).status_code)
    except httpx.RemoteProtocolError:
        return "no answer"


@pytest.mark.contract("cardpluspay 4b", "cardpluspay G30")
@pytest.mark.parametrize(
    ("fault", "answered", "placed"),
    [
        ("drop-before", "no answer", False),
        ("drop-after", "no answer", True),
        ("truncate", "no answer", True),
        ("error", "500", False),
        ("error; when=after", "500", True),
        ("error; status=502; body=html", "502", False),
        ("error; status=502; body=html; when=after", "502", True),
        ("error; status=503; when=after", "503", True),
        ("error; status=403", "403", False),
        ("error; status=200", "200", False),
        ("error; status=200; when=after", "200", True),
        ("delay-before; seconds=0.01", "200", True),
        ("delay-after; seconds=0.01", "200", True),
        ("delay-after; seconds=0.01, drop-after", "no answer", True),
        ("rate-limited", "429", False),
        ("rate-limited; header=no", "429", False),
        ("insufficient-funds", "400", False),
        ("out-of-stock", "400", False),
        ("vanish", "400", False),
    ],
)
def test_a_fault_happens_before_or_after_the_order_is_committed(
    cardpluspay: StandIn, fault: str, answered: str, placed: bool
) -> None:
    assert outcome(cardpluspay, fault) == answered

    assert len(cardpluspay.listed()) == placed
    assert cardpluspay.balance() == EVERYTHING - placed * STEAM_PRICE
    assert outcome(cardpluspay, "") == "200"


@pytest.mark.contract("cardpluspay 4b")
def test_an_order_may_be_committed_after_its_caller_has_given_up(cardpluspay: StandIn) -> None:
    with pytest.raises(httpx.ReadTimeout):
        cardpluspay.http.post(
            "/v1/orders",
            json={"item_code": STEAM},
            headers={"X-Sandbox-Fault": "commit-late; seconds=1.5"},
            timeout=0.05,
        )

    assert cardpluspay.listed() == []
    assert cardpluspay.balance() == EVERYTHING
    wait_until(cardpluspay.listed)
    assert cardpluspay.balance() == EVERYTHING - STEAM_PRICE


@pytest.mark.contract("cardpluspay 4b")
def test_an_order_may_be_committed_while_its_answer_is_held_back(cardpluspay: StandIn) -> None:
    with pytest.raises(httpx.ReadTimeout):
        cardpluspay.http.post(
            "/v1/orders",
            json={"item_code": STEAM},
            headers={"X-Sandbox-Fault": "delay-after; seconds=1"},
            timeout=0.2,
        )

    assert len(cardpluspay.listed()) == 1


@pytest.mark.contract("cardpluspay G30")
def test_a_gateways_page_is_no_json(cardpluspay: StandIn) -> None:
    page = cardpluspay.get("/balance", "error; status=502; body=html")

    assert (page.status_code, page.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    assert page.text.startswith("<html>")
    assert "502 Bad Gateway" in page.text


@pytest.mark.contract("cardpluspay 1.3c")
def test_a_good_status_is_no_success_when_the_envelope_says_so(cardpluspay: StandIn) -> None:
    assert refusal(cardpluspay.order("error; status=200"))[0] == 200


@pytest.mark.contract("cardpluspay 1.8a", "cardpluspay G17")
def test_a_429_says_for_how_long_or_does_not(cardpluspay: StandIn) -> None:
    answers = [cardpluspay.order(fault) for fault in ("rate-limited; seconds=4", "rate-limited; header=no")]

    assert [answer.headers.get("Retry-After") for answer in answers] == ["4", None]
    assert refusal(answers[0]) == (429, "Too many requests, please slow down")


@pytest.mark.contract("cardpluspay G31")
@pytest.mark.parametrize(
    ("fault", "price"),
    [("price-change", "21.21"), ("price-change; percent=0.5", "19.38"), ("price-change; price=7.3", "7.30")],
)
def test_the_price_may_move_between_check_and_purchase(cardpluspay: StandIn, fault: str, price: str) -> None:
    checked = content(cardpluspay.check())["data"]["price"]

    bought = cardpluspay.ordered(fault, quantity=2)

    assert checked == STEAM_PRICE
    assert bought["codes"][0]["charged_amount"] == price
    assert Decimal(bought["amount"]) == 2 * Decimal(price) == EVERYTHING - cardpluspay.balance()
    assert content(cardpluspay.check(fault))["data"]["price"] == Decimal(price)


@pytest.mark.contract("cardpluspay G28", "cardpluspay 2.3b")
def test_the_stock_may_be_gone_between_check_and_purchase(cardpluspay: StandIn) -> None:
    assert cardpluspay.check().is_success

    assert refusal(cardpluspay.order("out-of-stock")) == (400, "Gift card is out of stock")
    assert refusal(cardpluspay.check("out-of-stock"))[0] == 400
    assert refusal(cardpluspay.check("vanish"))[0] == 404
    assert cardpluspay.check().is_success


@pytest.mark.contract("cardpluspay G24")
@pytest.mark.parametrize(
    ("fault", "codes", "charged"),
    [
        ("fewer-codes", 3, 4),
        ("fewer-codes; deliver=1", 1, 4),
        ("fewer-codes; deliver=0", 0, 4),
        ("fewer-codes; deliver=1; charge=delivered", 1, 1),
        ("fewer-codes; deliver=0; charge=delivered", 0, 0),
    ],
)
def test_fewer_codes_may_come_than_were_asked_for(
    cardpluspay: StandIn, fault: str, codes: int, charged: int
) -> None:
    bought = cardpluspay.ordered(fault, quantity=4)

    assert (bought["status"], len(bought["codes"])) == ("completed", codes)
    assert Decimal(bought["amount"]) == EVERYTHING - cardpluspay.balance() == charged * STEAM_PRICE
    assert len(cardpluspay.read(bought["order_id"])["codes"]) == codes


@pytest.mark.contract("cardpluspay G24", "cardpluspay G25")
def test_the_missing_codes_may_come_later(cardpluspay: StandIn) -> None:
    fault = "fewer-codes; deliver=1; status=partial; then=complete; seconds=60"
    bought = cardpluspay.ordered(fault, quantity=3)
    assert bought["status"] == bought["state"] == "partial"

    cardpluspay.later(61)

    read = cardpluspay.read(bought["order_id"])
    assert (read["status"], len(read["codes"])) == ("completed", 3)
    assert read["codes"][0]["code"] == bought["codes"][0]["code"]
    assert cardpluspay.balance() == EVERYTHING - 3 * STEAM_PRICE


@pytest.mark.contract("cardpluspay G25")
@pytest.mark.parametrize(
    ("fault", "status", "kept"),
    [("fail", "failed", 1), ("fail; status=cancelled; refund=yes", "cancelled", 0)],
)
def test_an_order_may_be_paid_and_fail(cardpluspay: StandIn, fault: str, status: str, kept: int) -> None:
    bought = cardpluspay.ordered(fault)

    assert (bought["status"], bought["codes"]) == (status, [])
    assert cardpluspay.read(bought["order_id"])["status"] == status
    assert EVERYTHING - cardpluspay.balance() == kept * STEAM_PRICE


@pytest.mark.contract("cardpluspay G23")
def test_one_order_may_stay_out_of_the_list_for_a_while(cardpluspay: StandIn) -> None:
    hidden = cardpluspay.ordered("list-lag; seconds=60")["order_id"]
    shown = cardpluspay.ordered()["order_id"]

    assert [order["order_id"] for order in cardpluspay.listed()] == [shown]
    assert cardpluspay.listed("list-lag; seconds=60") == []
    assert cardpluspay.read(hidden)["status"] == "completed"
    cardpluspay.later(61)
    assert [order["order_id"] for order in cardpluspay.listed()] == [shown, hidden]


def test_one_request_may_be_answered_under_other_choices(cardpluspay: StandIn) -> None:
    fault = "choose; created_status=201; money=swapped; retry_after=false"

    chosen, usual = cardpluspay.order(fault), cardpluspay.order()

    assert (chosen.status_code, content(chosen)["data"]["amount"]) == (201, STEAM_PRICE)
    assert (usual.status_code, content(usual)["data"]["amount"]) == (200, "19.28")


def test_an_armed_fault_hits_matching_requests_so_many_times(cardpluspay: StandIn) -> None:
    match = {"method": "GET", "path": "/v1/orders*"}
    cardpluspay.back_office("POST", "faults", kind="error", status=503, times=2, skip=1, match=match)

    statuses = [cardpluspay.get("/orders").status_code for _ in range(5)]

    assert statuses == [200, 503, 503, 200, 200]
    assert cardpluspay.back_office("GET", "faults")["armed"] == []


def test_a_fault_can_be_armed_for_one_account_alone(cardpluspay: StandIn) -> None:
    other = cardpluspay.another(balance=100)
    match = {"path": "/v1/orders", "account": other.account}
    cardpluspay.back_office("POST", "faults", kind="choose", created_status=201, times=0, match=match)
    cardpluspay.back_office("POST", "faults", kind="drop-after", match=match)

    assert [outcome(cardpluspay, "") for _ in range(2)] == ["200", "200"]
    assert [outcome(other, "") for _ in range(2)] == ["no answer", "201"]


def test_a_fault_armed_zero_times_lasts_until_disarmed(cardpluspay: StandIn) -> None:
    cardpluspay.back_office("POST", "faults", kind="rate-limited", times=0, match={"path": "/v1/balance"})

    assert {cardpluspay.get("/balance").status_code for _ in range(5)} == {429}
    cardpluspay.back_office("DELETE", "faults")
    assert cardpluspay.get("/balance").status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "nonsense",
        "error; status=418",
        "delay-before; seconds=soon",
        "drop-after; seconds=3",
        "fewer-codes; charge=double",
        "choose; colour=red",
        "choose; created_status=202",
    ],
)
def test_a_fault_that_does_not_exist_is_refused_not_ignored(cardpluspay: StandIn, header: str) -> None:
    status, message = refusal(cardpluspay.order(header))

    assert status == 400
    assert message.startswith("X-Sandbox-Fault: ")
    assert cardpluspay.listed() == []
