"""Which webhook requests are believed, and what is made of them."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog

from bot.domain.events import Subject, VendorEvent
from bot.vendors.contract import InvalidWebhook
from bot.vendors.http.payloads import log_unknown_once
from bot.vendors.octopus.webhooks import read_event

SECRET = "whk_demo_5f1c"
BODY = (
    b'{"id":"evt_9k2m41","type":"order.delivered","created_at":"2026-06-02T09:15:31Z","data":'
    b'{"id":70412,"reference_code":"shop-55-a1","status":"DELIVERED","product_name":"Nimbus Play Card",'
    b'"denomination":20,"quantity":8,"amount":160,"delivered_quantity":8,'
    b'"delivered_on":"2026-06-02T09:15:30Z","created_at":"2026-06-02T09:15:02Z"}}'
)
SIGNATURE = "3648c1218efaf7b5e206dcbe5e591a3d00c643a89e168401ba8cfc1c79d5910b"
NOW = datetime(2026, 6, 2, 9, 15, 40, tzinfo=UTC)


def sent(body: bytes = BODY, at: datetime = NOW, **headers: str | None) -> VendorEvent:
    """The event of a request as the vendor would sign it, unless told otherwise."""
    given: dict[str, str | None] = {
        "x-signature": hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest(),
        "x-timestamp": str(int(at.timestamp())),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return read_event(SECRET, {n: v for n, v in given.items() if v is not None}, body, NOW)


def body_of(**fields: Any) -> bytes:
    return json.dumps({"id": "evt_1", "type": "order.delivered", "data": {}} | fields).encode()


@pytest.mark.contract("13.2a")
def test_the_documented_example_is_believed() -> None:
    event = sent(x_signature=SIGNATURE, x_event_id="evt_9k2m41")

    assert (event.event_id, event.kind, event.subject) == ("evt_9k2m41", "order.delivered", Subject.ORDER)
    assert (event.vendor_order_id, event.client_reference) == ("70412", "shop-55-a1")
    assert event.body == BODY


def test_a_signature_in_capitals_is_the_same_signature() -> None:
    assert sent(x_signature=SIGNATURE.upper()).event_id == "evt_9k2m41"


@pytest.mark.contract("13.2a")
@pytest.mark.parametrize("signature", [None, "", "0" * 64, SIGNATURE[:-1], "ü" * 64, SECRET])
def test_another_signature_is_not_believed(signature: str | None) -> None:
    with pytest.raises(InvalidWebhook, match="signature") as raised:
        sent(x_signature=signature)
    assert raised.value.status == 401


@pytest.mark.contract("13.2a")
def test_one_changed_byte_breaks_the_signature() -> None:
    with pytest.raises(InvalidWebhook, match="signature"):
        sent(BODY.replace(b"70412", b"70413"), x_signature=SIGNATURE)


@pytest.mark.contract("13.4a")
@pytest.mark.parametrize("off", [timedelta(minutes=-5), timedelta(), timedelta(minutes=5)])
def test_five_minutes_either_way_are_fresh(off: timedelta) -> None:
    assert sent(at=NOW + off).event_id == "evt_9k2m41"


@pytest.mark.contract("13.4a")
@pytest.mark.parametrize(
    ("off", "said"),
    [(timedelta(seconds=-301), "301 s ago"), (timedelta(seconds=301), "301 s ahead of our clock")],
)
def test_more_than_five_minutes_either_way_are_not(off: timedelta, said: str) -> None:
    with pytest.raises(InvalidWebhook, match=said):
        sent(at=NOW + off)


@pytest.mark.parametrize("stamp", [None, "", "soon", "-5", "1e9", "9" * 13, "٣٣"])
def test_a_time_that_is_none_is_rejected(stamp: str | None) -> None:
    with pytest.raises(InvalidWebhook, match="when it was sent"):
        sent(x_timestamp=stamp)


def test_an_old_event_does_not_come_in_again_under_a_new_id_in_its_unsigned_header() -> None:
    with pytest.raises(InvalidWebhook, match="another event"):
        sent(x_event_id="evt_fresh")


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"null", b"[]", b"{", b"\xff\xfe", b"[" * 100_000),
        *(body_of(id=None), body_of(id=" "), body_of(id=[1]), body_of(id="x" * 201)),
        *(body_of(type=None), body_of(type={}), body_of(type="x" * 201)),
    ],
)
def test_a_body_without_readable_id_and_type_is_rejected_without_showing_it(body: bytes) -> None:
    with pytest.raises(InvalidWebhook, match="no id and type") as raised:
        sent(body)
    assert raised.value.status == 400
    assert raised.value.__cause__ is None


@pytest.mark.contract("13.3b")
def test_an_order_is_named_by_number_and_by_reference_under_its_older_or_newer_name() -> None:
    older = sent(body_of(data={"id": 7, "reference_code": "GC-1"}))
    newer = sent(body_of(data={"id": 7, "client_reference": "GC-2", "reference_code": "GC-1"}))
    assert (older.vendor_order_id, older.client_reference) == ("7", "GC-1")
    assert newer.client_reference == "GC-2"


@pytest.mark.contract("G9")
@pytest.mark.parametrize("data", [None, [], "x", {"id": "x"}, {"id": -1, "reference_code": 4.5}])
def test_odd_content_does_not_cost_the_event(data: Any) -> None:
    event = sent(body_of(data=data))
    assert (event.subject, event.vendor_order_id) == (Subject.ORDER, None)


def test_a_wallet_event_names_its_wallet() -> None:
    event = sent(body_of(type="wallet.credited", data={"wallet_id": 31, "id": 9, "amount": 5}))
    assert (event.subject, event.wallet_id, event.vendor_order_id) == (Subject.WALLET, "31", None)


@pytest.mark.contract("2.6a")
@pytest.mark.parametrize("kind", ["esim.activated", "payout.done", "order", "wallets.credited", "hello"])
def test_a_kind_we_do_not_know_is_taken_and_mentioned_once(kind: str) -> None:
    log_unknown_once.cache_clear()
    with structlog.testing.capture_logs() as lines:
        events = [sent(body_of(type=kind)) for _ in range(3)]
    assert [event.kind for event in events] == [kind] * 3
    assert [line["what"] for line in lines if line["event"] == "octopus_unknown"] == [kind]


def test_a_new_kind_of_order_event_is_about_an_order_all_the_same() -> None:
    assert sent(body_of(type="order.reopened", data={"id": 7})).vendor_order_id == "7"


def test_nothing_shows_the_body() -> None:
    assert "70412" not in repr(sent()).replace("vendor_order_id='70412'", "")
