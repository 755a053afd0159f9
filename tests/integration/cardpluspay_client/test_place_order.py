"""A purchase is one request, whatever comes back, and nothing but the vendor's own no is taken for a no."""

import gzip
import json
import socket
import traceback
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.domain.money import Money
from bot.domain.vendor_orders import Purchase, VendorOrderStatus
from bot.kinds.gift_card import Voucher
from bot.vendors.cardpluspay.client import CardPlusPay
from bot.vendors.contract import AccessDenied, NotSent, OutcomeUnknown, Refused, VendorError
from bot.vendors.http.json_decimal import NotJson
from bot.vendors.http.transport import Timeouts
from tests.integration.cardpluspay_client.conftest import (
    API_KEY,
    BALANCE,
    BUY,
    CHECK,
    ITEM,
    PURCHASE,
    TERMS,
    NewClient,
    holds,
    in_stock,
    says,
    says_no,
)
from tests.support.every import assert_every
from tests.support.malformed_responses import (
    MALFORMED_RESPONSES,
    assert_no_task_left_running,
    exception_chain,
    unresponsive_address,
)
from tests.support.scripted_server import ScriptedReply, ScriptedServer, answers, drips, hangs, resets, sends
from tests.unit.cardpluspay.responses import code, envelope, no, order

WHOLE = json.dumps(envelope(order())).encode()
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


async def test_a_purchase_is_one_request_with_the_item_and_how_many(
    server: ScriptedServer, client: CardPlusPay
) -> None:
    server.on(BUY, says(order()))

    vendor_order = await client.gift_cards.place(PURCHASE)

    [(_, sent)] = server.received
    assert sent.json == {"item_code": ITEM, "quantity": 2}  # an e-mail might have the vendor send the codes
    assert "X-API-Key" in sent.header_names
    assert sent.headers["x-api-key"] == API_KEY
    assert (sent.headers["content-type"], sent.headers["accept"]) == ("application/json",) * 2
    assert not {"x-api-challenge", "x-api-signature", "x-request-id"} & sent.headers.keys()
    assert vendor_order.matches(PURCHASE)
    assert vendor_order.status is VendorOrderStatus.DELIVERED
    assert vendor_order.deliverables == (Voucher("A1B2-C3D4"), Voucher("G7H8-J9K0", "4410"))
    assert vendor_order.charge == Money(Decimal("38.70"), "USD")
    assert vendor_order.request_id is None


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_any_2xx_that_says_success_is_an_order(
    server: ScriptedServer, client: CardPlusPay, status: int
) -> None:
    server.on(BUY, says(order(), status, X_Request_Id="VENDOR1"))
    vendor_order = await client.gift_cards.place(PURCHASE)
    assert (vendor_order.vendor_order_id, vendor_order.request_id) == ("90417", "VENDOR1")


async def test_numbers_and_texts_may_change_places(server: ScriptedServer, client: CardPlusPay) -> None:
    codes = [code("A1", denomination=20, charged_amount=19.35), code("B2", denomination=20.00)]
    server.on(BUY, says(order(amount=38.70, total_denomination="40.00", codes=codes)))
    vendor_order = await client.gift_cards.place(PURCHASE)
    assert vendor_order.matches(PURCHASE)
    assert vendor_order.charge == Money(Decimal("38.70"), "USD")


async def test_codes_that_are_late_are_waited_for(server: ScriptedServer, client: CardPlusPay) -> None:
    server.on(BUY, says(order(status="pending", codes=[])))
    vendor_order = await client.gift_cards.place(PURCHASE)
    assert (vendor_order.status, vendor_order.deliverables) == (VendorOrderStatus.UNKNOWN, ())
    assert vendor_order.vendor_order_id == "90417"


UNKNOWN: dict[str, ScriptedReply] = {
    "hangs up without a word": sends(b""),
    "resets the connection": resets,
    "never answers": hangs,
    "drops in the middle of the body": sends(OK + b"Content-Length: 900\r\n\r\n" + WHOLE[:200]),
    "drips its body for ever": drips(OK + b"Content-Length: 9000\r\n\r\n{", b" ", 0.05),
    "speaks no HTTP": sends(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    "says 500": says_no(500, "Server error"),
    "says 502 in HTML": answers(502, raw=b"<html><h1>Bad gateway</h1></html>", Content_Type="text/html"),
    "says 503": answers(503, raw=b"", Retry_After="1"),
    "says 504": answers(504, raw=b"upstream timed out"),
    "says 408": says_no(408),
    "says 425": says_no(425),
    "says 405": says_no(405),
    "says 409": says_no(409),
    "says 400 in HTML": answers(400, raw=b"<html>Bad request</html>"),
    "says 401 in HTML": answers(401, raw=b"<html>Who are you?</html>"),
    "says 403 in HTML": answers(403, raw=b"<html>Blocked: the page holds secrets</html>"),
    "says 404 in HTML": answers(404, raw=b"<html>Not found</html>"),
    "says 422 in HTML": answers(422, raw=b"<html>No</html>"),
    "says 400 and success": answers(400, envelope(order())),
    "says no with a 200": says_no(200),
    "does not say success": answers(200, {"data": order()}),
    "says success in a word": answers(200, envelope(order()) | {"success": "true"}),
    "redirects": answers(307, raw=b"", Location="/v1/orders"),
    "answers with nothing": answers(204, raw=b""),
    "answers with HTML": answers(200, raw=b"<html>Welcome</html>", Content_Type="text/html"),
    "answers with a list": says([order()]),
    "answers with null": says(None),
    "leaves out number and codes": says({"status": "completed"}),
    "sends noise": answers(200, raw=bytes(range(256))),
    "sends far too much": answers(200, raw=WHOLE + b" " * 9_000_000),
    "sends a bomb": answers(200, raw=gzip.compress(WHOLE + b" " * 60_000_000), Content_Encoding="gzip"),
}


@pytest.mark.parametrize("reply", UNKNOWN.values(), ids=UNKNOWN.keys())
async def test_nobody_knows_whether_it_was_bought_when_the_vendor(
    server: ScriptedServer, client: CardPlusPay, reply: ScriptedReply
) -> None:
    server.on(BUY, reply)

    with pytest.raises(OutcomeUnknown) as raised:
        await client.gift_cards.place(PURCHASE)

    assert [name for name, _ in server.received] == [BUY]
    assert len(str(raised.value)) < 400


@pytest.mark.parametrize("reply", MALFORMED_RESPONSES.values(), ids=MALFORMED_RESPONSES.keys())
async def test_a_purchase_met_with_hostility_is_unknown_and_was_sent_once(
    server: ScriptedServer, new_client: NewClient, reply: ScriptedReply
) -> None:
    client = new_client(timeouts=Timeouts(1, 0.5, 1))
    server.on(BUY, reply)

    with pytest.raises(OutcomeUnknown):
        await client.gift_cards.place(PURCHASE)

    assert len(server.received) == 1
    await assert_no_task_left_running(server)


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, AccessDenied, "HTTP_401"),
        (403, AccessDenied, "HTTP_403"),
        (404, Refused, "NOT_FOUND"),
        (422, Refused, "INVALID"),
    ],
)
async def test_the_vendors_own_no_is_a_no(
    server: ScriptedServer, client: CardPlusPay, status: int, kind: type[Refused], code: str
) -> None:
    server.on(BUY, says_no(status, "Not this time"))

    with pytest.raises(Refused, match="Not this time") as raised:
        await client.gift_cards.place(PURCHASE)

    assert type(raised.value) is kind
    assert (raised.value.status, raised.value.code, raised.value.may_have_purchased) == (status, code, False)
    assert len(server.received) == 1


OUT = says_no(400, "Out of stock")
EXPLANATIONS: list[tuple[str, ScriptedReply, ScriptedReply, str]] = [
    ("too few cards", OUT, holds("1204.15"), "OUT_OF_STOCK"),
    ("too few cards, nicely said", says_no(200), holds("1204.15"), "OUT_OF_STOCK"),
    ("too little money", in_stock(), holds("38.69"), "INSUFFICIENT_FUNDS"),
    ("both are there", in_stock(), holds("38.70"), "REFUSED"),
    ("no stock check", answers(503), holds("1.00"), "REFUSED"),
    ("no balance", in_stock(), answers(503), "REFUSED"),
    ("no such item", says_no(404), holds("1.00"), "REFUSED"),
    ("kept out", says_no(401), says_no(401), "REFUSED"),
    ("silence", hangs, hangs, "REFUSED"),
]


@pytest.mark.parametrize(
    ("check", "balance", "code"), [case[1:] for case in EXPLANATIONS], ids=[case[0] for case in EXPLANATIONS]
)
async def test_a_400_is_explained_by_stock_and_balance_and_stays_in_doubt(
    server: ScriptedServer, client: CardPlusPay, check: ScriptedReply, balance: ScriptedReply, code: str
) -> None:
    server.on(BUY, says_no(400, "Cannot be processed", X_Request_Id="VENDOR1"))
    server.on(CHECK, check)
    server.on(BALANCE, balance)

    with pytest.raises(Refused, match="Cannot be processed") as raised:
        await client.gift_cards.place(PURCHASE)

    assert (raised.value.code, raised.value.status) == (code, 400)
    assert raised.value.may_have_purchased
    assert raised.value.request_id == "VENDOR1"
    assert raised.value.insufficient_funds is (code == "INSUFFICIENT_FUNDS")
    assert len(server.asked(BUY)) == 1


async def test_too_many_requests_means_it_was_not_sent(server: ScriptedServer, client: CardPlusPay) -> None:
    server.on(BUY, says_no(429, Retry_After="9"))
    with pytest.raises(NotSent) as raised:
        await client.gift_cards.place(PURCHASE)
    assert raised.value.retry_after_s == 9
    assert len(server.received) == 1


@pytest.mark.parametrize("quantity", [0, -1, 101])
async def test_more_than_one_order_may_have_is_refused_before_anything_is_sent(
    server: ScriptedServer, client: CardPlusPay, quantity: int
) -> None:
    terms = replace(TERMS, line=TERMS.line.part(quantity))
    with pytest.raises(Refused, match="1 to 100"):
        await client.gift_cards.place(Purchase(terms, "GC-1", None))
    assert not server.received


async def test_a_vendor_that_is_down_was_sent_nothing(new_client: NewClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotSent, match="cannot be reached"):
        await new_client(f"http://127.0.0.1:{port}/v1").gift_cards.place(PURCHASE)


async def test_a_vendor_that_takes_no_connection_was_sent_nothing(new_client: NewClient) -> None:
    with unresponsive_address() as address, pytest.raises(NotSent, match="ConnectTimeout"):
        await new_client(address, timeouts=Timeouts(connect_s=0.2, read_s=5, total_s=5)).gift_cards.place(
            PURCHASE
        )


async def test_a_kept_connection_that_dies_under_the_purchase_is_not_replaced_behind_our_back(
    server: ScriptedServer, client: CardPlusPay
) -> None:
    server.on(BALANCE, answers(200, envelope({"balance": "5", "currency": "USD"}), stays_open=True))
    await client.wallets()
    server.on(BUY, sends(b""))

    with pytest.raises(OutcomeUnknown):
        await client.gift_cards.place(PURCHASE)

    assert (server.connections, len(server.asked(BUY))) == (1, 1)


async def test_a_redirect_carries_the_key_nowhere(server: ScriptedServer, client: CardPlusPay) -> None:
    async with ScriptedServer() as elsewhere:
        server.on(BUY, answers(308, raw=b"", Location=f"{elsewhere.address}/v1/orders"))
        with pytest.raises(OutcomeUnknown):
            await client.gift_cards.place(PURCHASE)
        assert elsewhere.connections == 0


async def test_a_closed_client_sends_nothing(server: ScriptedServer, client: CardPlusPay) -> None:
    await client.aclose()
    with pytest.raises(NotSent):
        await client.gift_cards.place(PURCHASE)
    assert not server.received


FAILURES: list[Callable[[ScriptedServer], Any]] = [
    lambda server: server.on(BUY, sends(b"")),
    lambda server: server.on(BUY, answers(200, raw=b'{"codes": [{"code": "A1B2-C3D4"')),
    lambda server: server.on(BUY, says_no(422, f"key {API_KEY} is wrong")),
    lambda server: server.on(BUY, answers(502, raw=f"{API_KEY} A1B2-C3D4".encode())),
    lambda server: server.on(BUY, says_no(401, f"Not with {API_KEY}")),
    lambda server: server.on(BUY, answers(200, no(f"Not with {API_KEY}"))),
    lambda server: server.on(BUY, says(order())),
]


@pytest.mark.parametrize("arrange", FAILURES)
async def test_neither_a_log_line_nor_an_exception_has_a_secret(
    server: ScriptedServer, client: CardPlusPay, arrange: Callable[[ScriptedServer], Any]
) -> None:
    arrange(server)
    shown = [repr(client), repr(client.__dict__)]
    with capture_logs() as lines:
        try:
            shown.append(repr(await client.gift_cards.place(PURCHASE)))
        except VendorError as error:
            assert_every(exception_chain(error), lambda link: isinstance(link, VendorError | NotJson))
            shown += [str(error), repr(error.__dict__), "".join(traceback.format_exception(error))]

    shown.append(repr(lines))
    for secret in (API_KEY, "A1B2", "4410", "buyer@example.org"):
        assert secret not in "\n".join(shown)
    assert [line["path"] for line in lines] == ["/orders"]
    assert {line["event"] for line in lines} <= {"cardpluspay_call", "cardpluspay_call_failed"}


@pytest.mark.parametrize("key", [" acme-key-value", "acme-key-value\n"])
async def test_spaces_around_the_key_do_not_count(
    server: ScriptedServer, new_client: NewClient, key: str
) -> None:
    client = CardPlusPay(f"{server.address}/v1", key)
    await client.wallets()
    await client.aclose()
    assert server.received[0][1].headers["x-api-key"] == API_KEY


@pytest.mark.parametrize("key", ["", "a b", "schlüssel", "a\r\nX-Evil: 1"])
def test_a_key_that_no_header_can_carry_is_rejected_without_being_shown(key: str) -> None:
    with pytest.raises(ValueError, match="cannot be sent") as raised:
        CardPlusPay("http://127.0.0.1:9/v1", key)
    assert not key or key not in str(raised.value)
