"""Section 13: signed events, retries, duplicates, order of arrival."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pytest

from tests.support.octopus_stand_in import USD, StandIn, running

SECRET = "whk_demo_5f1c"


@dataclass
class Receiver:
    """A shop's endpoint: keeps what arrives, answers 200 or the next of `answers`."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    arrived: "Queue[tuple[dict[str, str], bytes]]" = field(default_factory=Queue)

    def next(self, *types: str) -> tuple[dict[str, str], dict[str, Any]]:
        """Headers and body of the next event of one of these types; others are passed over."""
        while True:
            headers, raw = self.arrived.get(timeout=10)
            if not types or headers["x-event-type"] in types:
                return headers, json.loads(raw)

    def nothing_more(self) -> bool:
        try:
            self.arrived.get(timeout=0.2)
        except Empty:
            return True
        return False


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    shop = Receiver()

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            shop.arrived.put(({name.lower(): value for name, value in self.headers.items()}, raw))
            self.send_response(shop.answers.pop(0) if shop.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keeps the test output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    shop.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield shop
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def sender(receiver: Receiver) -> Iterator[StandIn]:
    with running("--webhook-url", receiver.url, "--webhook-secret", SECRET) as stand_in:
        yield stand_in


@pytest.fixture
def vendor(sender: StandIn, receiver: Receiver) -> StandIn:
    under_way_no_more(sender)
    sender.back_office("POST", "reset")
    sender.log_in()
    receiver.answers.clear()
    receiver.arrived.queue.clear()
    return sender


def under_way_no_more(vendor: StandIn) -> None:
    """Wait until each event of the last test has been tried, so that none arrives in the next one."""
    for _ in range(200):
        if all(event["attempts"] for event in vendor.back_office("GET", "events")):
            return
    raise AssertionError(vendor.back_office("GET", "events"))


def test_the_secret_is_announced(vendor: StandIn) -> None:
    assert vendor.announced["webhook_secret"] == SECRET
    assert vendor.announced["env"]["OCTOPUS_WEBHOOK_SECRET"] == SECRET


@pytest.mark.contract("13.2a", "13.2b")
def test_an_event_is_signed_over_its_raw_body(vendor: StandIn, receiver: Receiver) -> None:
    """13.2, 13.4"""
    vendor.order()
    headers, raw = receiver.arrived.get(timeout=10)

    assert headers["x-signature"] == hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    assert headers["x-octopus-webhook-token"] == SECRET
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"] == "octopusrewards.com/webhook-agent"
    body = json.loads(raw)
    assert list(body) == ["id", "type", "created_at", "data"]
    assert (headers["x-event-id"], headers["x-event-type"]) == (body["id"], body["type"])
    assert headers["x-timestamp"].isdigit()


@pytest.mark.contract("13.3b")
def test_a_delivered_order_is_told_without_its_codes(vendor: StandIn, receiver: Receiver) -> None:
    """13.3, sync orders too"""
    order = vendor.order(quantity=2, client_reference="shop-55").json()

    _, event = receiver.next("order.delivered")

    assert list(event["data"]) == [
        "id", "reference_code", "status", "product_name", "denomination", "quantity", "amount",
        "delivered_quantity", "delivered_on", "created_at",
    ]  # fmt: skip
    assert event["data"]["id"] == order["id"]
    assert (event["data"]["reference_code"], event["data"]["delivered_quantity"]) == ("shop-55", 2)
    for voucher in order["vouchers"]:
        assert voucher["card_number"] not in json.dumps(event)


@pytest.mark.contract("13.3a", "G9")
def test_wallet_events_carry_the_balance_before_and_after(vendor: StandIn, receiver: Receiver) -> None:
    """G9"""
    vendor.order("fail")

    _, debit = receiver.next("wallet.debited")
    _, credit = receiver.next("wallet.credited")

    assert debit["data"]["wallet_id"] == USD
    assert debit["data"]["balance_after"] == credit["data"]["balance_before"]
    assert debit["data"]["amount"] == credit["data"]["amount"]


@pytest.mark.contract("13.3a", "8a")
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("fail", "order.failed"),
        ("cancel", "order.cancelled"),
        ("partial; deliver=1", "order.partially_delivered"),
    ],
)
def test_every_other_end_of_an_order_is_told_too(
    vendor: StandIn, receiver: Receiver, fault: str, kind: str
) -> None:
    """13.3"""
    order = vendor.order(fault, quantity=3).json()

    _, event = receiver.next(kind)

    assert (event["data"]["id"], event["data"]["status"]) == (order["id"], order["status"])


@pytest.mark.contract("13.5a")
def test_a_failed_delivery_is_repeated_with_the_same_id(vendor: StandIn, receiver: Receiver) -> None:
    """13.5: the second attempt comes after ten seconds"""
    receiver.answers.extend([500, 500])  # one order, two events
    vendor.order()
    first = {receiver.next()[1]["id"] for _ in range(2)}
    noted(vendor, "500", 1)
    assert receiver.nothing_more()

    vendor.later(11)

    assert {receiver.next()[1]["id"] for _ in range(2)} == first
    assert receiver.nothing_more()


@pytest.mark.contract("13.5a", "G9")
def test_an_event_is_given_up_after_six_attempts(vendor: StandIn, receiver: Receiver) -> None:
    """13.5"""
    vendor.back_office("POST", "faults", kind="webhook-lost", match={"path": "wallet.*"})
    receiver.answers.extend([503] * 6)
    vendor.order()
    for attempt, pause in enumerate((10, 30, 120, 600, 1800, 86400), 1):
        receiver.next("order.delivered")
        noted(vendor, "503", attempt)
        vendor.later(pause + 1)

    assert receiver.nothing_more()


def noted(vendor: StandIn, answer: str, attempts: int) -> None:
    """Wait until the vendor has taken note of how its latest attempts ended."""
    for _ in range(200):
        if {(event["last_answer"], event["attempts"]) for event in order_events(vendor)} == {
            (answer, attempts)
        }:
            return
    raise AssertionError(order_events(vendor))


def order_events(vendor: StandIn) -> list[dict[str, Any]]:
    return [event for event in vendor.back_office("GET", "events") if event["type"].startswith("order.")]


@pytest.mark.contract("13.5b")
def test_an_event_can_be_duplicated(vendor: StandIn, receiver: Receiver) -> None:
    vendor.back_office("POST", "faults", kind="webhook-duplicate", match={"path": "order.*"})
    vendor.order()

    ids = [receiver.next("order.delivered")[0]["x-event-id"] for _ in range(2)]

    assert ids[0] == ids[1]


@pytest.mark.contract("13.5b")
def test_events_can_overtake_each_other(vendor: StandIn, receiver: Receiver) -> None:
    vendor.back_office("POST", "faults", kind="webhook-late", seconds=60, match={"path": "order.*"})
    first, second = vendor.order().json()["id"], vendor.order().json()["id"]

    early = receiver.next("order.delivered")[1]["data"]["id"]
    vendor.later(61)
    late = receiver.next("order.delivered")[1]["data"]["id"]

    assert (early, late) == (second, first)


def test_a_forged_signature_can_be_sent(vendor: StandIn, receiver: Receiver) -> None:
    vendor.back_office("POST", "faults", kind="webhook-forged", match={"path": "*"})
    vendor.order()

    headers, raw = receiver.arrived.get(timeout=10)

    assert headers["x-signature"] != hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()


def test_the_back_office_can_send_an_event_again(vendor: StandIn, receiver: Receiver) -> None:
    vendor.order()
    _, event = receiver.next("order.delivered")

    vendor.back_office("POST", f"events/{event['id']}")

    assert receiver.next("order.delivered")[1] == event


@pytest.mark.contract("13.3a")
def test_an_adjustment_of_a_balance_is_told_like_any_other_movement(
    vendor: StandIn, receiver: Receiver
) -> None:
    vendor.back_office("PATCH", f"wallets/{USD}", amount=25_100)
    _, credited = receiver.next("wallet.credited", "wallet.debited")
    vendor.back_office("PATCH", f"wallets/{USD}", amount=25_050)
    _, debited = receiver.next("wallet.credited", "wallet.debited")

    assert (credited["type"], credited["data"]["amount"]) == ("wallet.credited", 100)
    assert (debited["type"], debited["data"]["balance_after"]) == ("wallet.debited", 25_050)


def test_another_clients_orders_and_movements_are_not_told_here(vendor: StandIn, receiver: Receiver) -> None:
    vendor.log_in("another-sandbox-key", "another-sandbox-secret")
    try:
        assert vendor.order().is_success
    finally:
        vendor.log_in()
    assert vendor.back_office("GET", "events") == []
