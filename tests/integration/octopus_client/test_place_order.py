"""A purchase is sent at most once, and every way it can go wrong is named for what it is."""

import asyncio
import gzip
import json
import socket
import traceback
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.domain.vendor_orders import VendorOrderStatus
from bot.vendors.contract import AccessDenied, NotSent, OutcomeUnknown, Refused, VendorError
from bot.vendors.http.json_decimal import NotJson
from bot.vendors.http.transport import Timeouts
from bot.vendors.octopus.client import OctopusCards
from tests.integration.octopus_client.conftest import API_KEY, API_SECRET, PURCHASE, NewClient
from tests.support.every import assert_every
from tests.support.malformed_responses import exception_chain, unresponsive_address
from tests.support.octopus_scripted_server import (
    ScriptedReply,
    ScriptedServer,
    answers,
    drips,
    hangs,
    refusal,
    resets,
    sends,
)
from tests.support.terms import vouchers

ORDERS = "POST /api/v1/orders"
DELIVERED = {
    "id": 70388,
    "product_id": 8101,
    "denomination": 20.0,
    "quantity": 2,
    "client_reference": PURCHASE.client_reference,
    "status": "DELIVERED",
    "vouchers": [{"card_number": "NMB-1A2B"}, {"card_number": "NMB-5E6F"}],
}
HALF_AN_ORDER = json.dumps(DELIVERED).encode()[:40]
OK = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"


@pytest.mark.contract("2.2b", "6.1a", "9.4b", "G14")
async def test_a_purchase_is_one_request_with_exactly_the_documented_fields(
    server: ScriptedServer, client: OctopusCards
) -> None:
    server.on(ORDERS, answers(201, DELIVERED, X_Request_Id="VENDOR1"))

    vendor_order = await client.gift_cards.place(PURCHASE)

    [sent] = server.asked(ORDERS)
    assert sent.json == {
        "product_id": 8101,
        "denomination": Decimal("20.00"),
        "quantity": 2,
        "wallet_id": 31,
        "client_reference": PURCHASE.client_reference,
        "email": "buyer@example.org",
    }
    assert b'"denomination": 20.00,' in sent.body
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["authorization"] == "Bearer access-1-top-secret"
    assert len(sent.headers["x-request-id"]) == 27
    assert vendor_order.matches(PURCHASE)
    assert vendor_order.status is VendorOrderStatus.DELIVERED
    assert [voucher.card_number for voucher in vouchers(vendor_order.deliverables)] == [
        "NMB-1A2B",
        "NMB-5E6F",
    ]
    assert vendor_order.request_id == "VENDOR1"


@pytest.mark.contract("6.2b", "G10")
@pytest.mark.parametrize("status", [200, 201, 202])
async def test_any_2xx_is_an_order(server: ScriptedServer, client: OctopusCards, status: int) -> None:
    server.on(ORDERS, answers(status, DELIVERED))
    assert (await client.gift_cards.place(PURCHASE)).vendor_order_id == "70388"


@pytest.mark.contract("7.3b")
async def test_codes_are_kept_even_when_everything_else_is_odd(
    server: ScriptedServer, client: OctopusCards
) -> None:
    raw = '{"id": "70388", "status": 5, "denomination": NaN, "amount": 1e999, "vouchers": [null, %s]}'
    server.on(ORDERS, answers(201, raw=(raw % '{"card_number": 77}').encode()))

    vendor_order = await client.gift_cards.place(PURCHASE)

    assert (vendor_order.status, vouchers(vendor_order.deliverables)[0].card_number) == (
        VendorOrderStatus.UNKNOWN,
        "77",
    )
    assert vendor_order.matches(PURCHASE)


UNKNOWN: dict[str, ScriptedReply] = {
    "hangs up without a word": sends(b""),
    "resets the connection": resets,
    "never answers": hangs,
    "drops in the middle of the body": sends(OK + b"Content-Length: 400\r\n\r\n" + HALF_AN_ORDER),
    "drops in the middle of a chunk": sends(
        OK + b"Transfer-Encoding: chunked\r\n\r\n20\r\n" + HALF_AN_ORDER[:9]
    ),
    "drips its body for ever": drips(OK + b"Content-Length: 9000\r\n\r\n{", b" ", 0.05),
    "drips its headers for ever": drips(b"HTTP/1.1 201 Created\r\n", b"X-A: b\r\n", 0.05),
    "speaks no HTTP": sends(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    "sends endless headers": sends(b"HTTP/1.1 201 Created\r\nX-Long: " + b"a" * 300_000),
    "says 500": answers(500, refusal("INTERNAL_SERVER_ERROR")),
    "says 502 in HTML": answers(502, raw=b"<html><h1>Bad gateway</h1></html>", Content_Type="text/html"),
    "says 503": answers(503, raw=b"", Retry_After="1"),
    "says 504": answers(504, raw=b"upstream timed out"),
    "says 408": answers(408, raw=b""),
    "redirects": answers(307, raw=b"", Location="/api/v1/orders"),
    "redirects for good": answers(301, raw=b"", Location="/api/v1/elsewhere"),
    "answers with nothing": answers(204, raw=b""),
    "answers with HTML": answers(200, raw=b"<html>Welcome</html>", Content_Type="text/html"),
    "answers with a list": answers(201, [DELIVERED]),
    "answers with null": answers(201, None),
    "answers with a word": answers(201, "ok"),
    "answers with a number": answers(201, raw=b"1" * 6000),
    "leaves out the number": answers(201, {"status": "PENDING", "vouchers": []}),
    "has an error in a 200": answers(200, refusal("BAD_REQUEST")),
    "nests without end": answers(201, raw=b'{"a":' * 200_000),
    "sends noise": answers(201, raw=bytes(range(256))),
    "sends far too much": answers(201, raw=json.dumps(DELIVERED).encode() + b" " * 9_000_000),
    "sends a bomb": answers(
        201, raw=gzip.compress(json.dumps(DELIVERED).encode() + b" " * 60_000_000), Content_Encoding="gzip"
    ),
    "sends a broken archive": answers(201, raw=b"\x1f\x8bnot gzip", Content_Encoding="gzip"),
}


@pytest.mark.contract("9.2b")
@pytest.mark.parametrize("reply", UNKNOWN.values(), ids=UNKNOWN.keys())
async def test_nobody_knows_whether_it_was_bought_when_the_vendor(
    server: ScriptedServer, client: OctopusCards, reply: ScriptedReply
) -> None:
    server.on(ORDERS, reply)

    with pytest.raises(OutcomeUnknown) as raised:
        await client.gift_cards.place(PURCHASE)

    [sent] = server.asked(ORDERS)
    assert raised.value.request_id == sent.headers["x-request-id"]


async def test_a_kept_connection_that_dies_under_the_purchase_is_not_replaced_behind_our_back(
    server: ScriptedServer, client: OctopusCards
) -> None:
    await client.account()
    server.on(ORDERS, sends(b""))

    with pytest.raises(OutcomeUnknown):
        await client.gift_cards.place(PURCHASE)

    assert server.connections == 1
    assert len(server.asked(ORDERS)) == 1


@pytest.mark.contract("6.5a")
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "BAD_REQUEST"),
        (403, "INSUFFICIENT_FUNDS"),
        (400, "INSUFFICIENT_FUNDS"),
        (404, "NOT_FOUND"),
        (409, "X_1"),
        (422, "Y_2"),
    ],
)
async def test_a_clear_no_is_a_refusal(
    server: ScriptedServer, client: OctopusCards, status: int, code: str
) -> None:
    server.on(ORDERS, answers(status, refusal(code, "Not this time"), X_Request_Id="VENDOR1"))

    with pytest.raises(Refused, match="Not this time") as raised:
        await client.gift_cards.place(PURCHASE)

    assert not isinstance(raised.value, AccessDenied)
    assert (raised.value.status, raised.value.code) == (status, code)
    assert raised.value.may_have_purchased is (status in (400, 409))
    assert raised.value.request_id == "VENDOR1"
    assert len(server.asked(ORDERS)) == 1


async def test_too_many_requests_means_it_was_not_sent(server: ScriptedServer, client: OctopusCards) -> None:
    server.on(ORDERS, answers(429, refusal("TOO_MANY_REQUESTS"), Retry_After="9"))

    with pytest.raises(NotSent) as raised:
        await client.gift_cards.place(PURCHASE)

    assert raised.value.retry_after_s == 9
    assert len(server.asked(ORDERS)) == 1


async def test_a_rejected_token_is_renewed_and_the_purchase_sent_once_more(
    server: ScriptedServer, client: OctopusCards
) -> None:
    server.on(ORDERS, answers(401, refusal("UNAUTHORIZED")), answers(201, DELIVERED))

    assert (await client.gift_cards.place(PURCHASE)).vendor_order_id == "70388"

    first, second = server.asked(ORDERS)
    assert first.body == second.body
    assert first.headers["authorization"] != second.headers["authorization"]


@pytest.mark.contract("3.4b")
async def test_a_token_rejected_twice_is_denied_access(server: ScriptedServer, client: OctopusCards) -> None:
    server.on(ORDERS, answers(401, refusal("UNAUTHORIZED", "Invalid token")))

    with pytest.raises(AccessDenied):
        await client.gift_cards.place(PURCHASE)

    assert len(server.asked(ORDERS)) == 2


@pytest.mark.contract("14d")
@pytest.mark.parametrize(("status", "code"), [(403, "FORBIDDEN"), (400, "INVALID_FEATURE")])
async def test_an_address_or_feature_not_enabled_is_denied_access(
    server: ScriptedServer, client: OctopusCards, status: int, code: str
) -> None:
    server.on(ORDERS, answers(status, refusal(code)))

    with pytest.raises(AccessDenied):
        await client.gift_cards.place(PURCHASE)

    assert len(server.asked(ORDERS)) == 1


LOGIN_TROUBLE: dict[str, ScriptedReply] = {
    "answers 503": answers(503),
    "hangs up": sends(b""),
    "never answers": hangs,
    "answers in HTML": answers(200, raw=b"<html>"),
    "gives no token": answers(200, {"success": True, "data": {}}),
    "gives a token that is none": answers(200, {"success": True, "data": {"access_token": "a\r\nb"}}),
    "asks to slow down": answers(429, refusal("TOO_MANY_REQUESTS"), Retry_After="5"),
    "is not there": answers(404, raw=b"<html>"),
}


@pytest.mark.parametrize("reply", LOGIN_TROUBLE.values(), ids=LOGIN_TROUBLE.keys())
async def test_nothing_is_sent_when_the_login(
    server: ScriptedServer, client: OctopusCards, reply: ScriptedReply
) -> None:
    server.on("POST /auth/login", reply)

    with pytest.raises(NotSent):
        await client.gift_cards.place(PURCHASE)

    assert not server.asked(ORDERS)


@pytest.mark.parametrize("problem", [answers(503), sends(b""), answers(401, refusal("UNAUTHORIZED"))])
async def test_a_failure_in_renewing_after_a_401_means_it_was_not_sent(
    server: ScriptedServer, client: OctopusCards, problem: ScriptedReply
) -> None:
    server.on(ORDERS, answers(401, refusal("UNAUTHORIZED")))
    server.on("POST /auth/refresh", problem)
    server.on("POST /auth/login", answers(200, server.fresh_tokens()), answers(503))

    with pytest.raises(NotSent):
        await client.gift_cards.place(PURCHASE)

    assert len(server.asked(ORDERS)) == 1


async def test_wrong_credentials_are_denied_access_and_nothing_is_sent(
    server: ScriptedServer, client: OctopusCards
) -> None:
    server.on("POST /auth/login", answers(401, refusal("UNAUTHORIZED", f"Not {API_KEY} with {API_SECRET}")))

    with pytest.raises(AccessDenied) as raised:
        await client.gift_cards.place(PURCHASE)

    assert API_SECRET not in str(raised.value)
    assert not server.asked(ORDERS)


async def test_a_vendor_that_is_down_was_sent_nothing(new_client: NewClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(NotSent, match="cannot be reached"):
        await new_client(f"http://127.0.0.1:{port}").gift_cards.place(PURCHASE)


async def test_a_vendor_that_takes_no_connection_was_sent_nothing(
    new_client: NewClient,
) -> None:
    with unresponsive_address() as address, pytest.raises(NotSent, match="ConnectTimeout"):
        client = new_client(address, timeouts=Timeouts(connect_s=0.2, read_s=5, total_s=5))
        await client.gift_cards.place(PURCHASE)


async def test_who_waits_in_vain_for_a_free_connection_was_not_sent(
    server: ScriptedServer, new_client: NewClient
) -> None:
    client = new_client(timeouts=Timeouts(connect_s=1, read_s=2.5, total_s=5))
    await client.account()
    server.on(ORDERS, hangs)

    outcomes = await asyncio.gather(
        *(client.gift_cards.place(PURCHASE) for _ in range(53)), return_exceptions=True
    )

    assert sum(isinstance(outcome, NotSent) for outcome in outcomes) == 3
    assert sum(isinstance(outcome, OutcomeUnknown) for outcome in outcomes) == 50
    assert len(server.asked(ORDERS)) == 50


async def test_a_closed_client_sends_nothing(server: ScriptedServer, client: OctopusCards) -> None:
    await client.aclose()
    with pytest.raises(NotSent):
        await client.gift_cards.place(PURCHASE)
    assert not server.received


@pytest.mark.contract("4.2b")
@pytest.mark.parametrize("odd", ["", "0", "-1", "8101; drop", "../wallets", "８１０１", "9" * 5000])
async def test_an_id_that_cannot_be_one_is_refused_before_anything_is_sent(
    server: ScriptedServer, client: OctopusCards, odd: str
) -> None:
    with pytest.raises(Refused) as raised:
        await client.gift_cards.fetch(odd)
    assert raised.value.not_found
    assert not server.received


FAILURES: list[Callable[[ScriptedServer], Any]] = [
    lambda server: server.on(ORDERS, sends(b"")),
    lambda server: server.on(ORDERS, answers(201, raw=b'{"vouchers": [{"card_number": "NMB-1A2B"')),
    lambda server: server.on(ORDERS, answers(400, refusal("BAD_REQUEST", "token access-1-top-secret"))),
    lambda server: server.on(ORDERS, answers(502, raw=b"access-1-top-secret NMB-1A2B")),
    lambda server: server.on("POST /auth/login", answers(401, refusal("UNAUTHORIZED", API_SECRET))),
    lambda server: server.on("POST /auth/login", sends(b"")),
    lambda server: server.on(ORDERS, answers(201, DELIVERED)),
]


@pytest.mark.parametrize("arrange", FAILURES)
async def test_neither_a_log_line_nor_an_exception_has_a_secret(
    server: ScriptedServer, client: OctopusCards, arrange: Callable[[ScriptedServer], Any]
) -> None:
    arrange(server)
    shown = []
    with capture_logs() as lines:
        try:
            shown.append(repr(await client.gift_cards.place(PURCHASE)))
        except VendorError as error:
            assert_every(exception_chain(error), lambda link: isinstance(link, VendorError | NotJson))
            shown += [str(error), repr(error.__dict__), "".join(traceback.format_exception(error))]

    shown.append(repr(lines))
    for secret in (API_SECRET, API_KEY, "top-secret", "NMB-", "buyer@example.org"):
        assert secret not in "\n".join(shown)
    assert {line["path"] for line in lines} <= {"/auth/login", "/api/v1/orders"}
    assert_every(lines, lambda line: "duration_ms" in line and "request_id" in line)
