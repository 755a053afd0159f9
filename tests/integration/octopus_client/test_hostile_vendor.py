"""Whatever a server answers, the client says so in time, keeps nothing open, and works again afterwards."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from decimal import Decimal
from time import monotonic
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.providers.contract import OutcomeUnknown, ProviderError, Refused
from bot.providers.octopus import OctopusCards, Timeouts
from tests.integration.octopus_client.conftest import PURCHASE, TERMS, NewClient
from tests.integration.octopus_client.rude_vendor import (
    Act,
    RudeVendor,
    answers,
    drips,
    hangs,
    refusal,
    resets,
    sends,
)

OK = b"HTTP/1.1 200 OK\r\n"
HOSTILE: dict[str, Act] = {
    "no JSON": answers(200, raw=b'{"id": 5'),
    "a page": answers(200, raw=b"<html><body>Welcome</body></html>", Content_Type="text/html"),
    "an error page": answers(403, raw=b"<html>Forbidden by the firewall</html>"),
    "a gateway's page": answers(502, raw=b"<html>" + b"bad gateway " * 1000),
    "nothing": answers(204, raw=b""),
    "wrong types": answers(200, [{"id": {"a": 1}, "amount": [], "name": 7, "available_denominations": 3}]),
    "numbers nobody can mean": answers(200, raw=b'[{"id": 1e999999999, "amount": NaN, "currency_id": -0}]'),
    "a number of a million digits": answers(200, raw=b'{"id": ' + b"9" * 1_000_000 + b"}"),
    "a hundred thousand brackets": answers(200, raw=b"[" * 100_000),
    "random bytes": answers(200, raw=bytes(range(256)) * 100),
    "no HTTP": sends(b"\x16\x03\x01\x02\x00SSH-2.0-OpenSSH\r\n\r\n"),
    "a redirect": answers(302, raw=b"", Location="/elsewhere"),
    "a redirect of the method": answers(307, raw=b"", Location="http://127.0.0.1:9/elsewhere"),
    "a status nobody knows": answers(299, raw=b"?"),
    "headers without end": drips(OK, b"X-More: " + b"x" * 4000 + b"\r\n", 0.001),
    "a body without end": drips(OK + b"\r\n", b"x" * 1_000_000, 0),
    "chunks that are none": sends(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"),
    "two lengths": sends(OK + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabc"),
    "fewer bytes than it said": sends(OK + b"Content-Length: 500\r\n\r\n{}"),
    "more inside than outside": answers(
        200, raw=gzip.compress(b" " * 50_000_000), Content_Encoding="gzip", Content_Type="application/json"
    ),
    "a lie about its encoding": answers(200, raw=b"{}", Content_Encoding="gzip"),
    "continue, for ever": drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01),
    "a slow drip": drips(OK + b"Content-Length: 9000\r\n\r\n{", b" ", 0.05),
    "silence": hangs,
    "a reset": resets,
}
READS: dict[str, Callable[[OctopusCards], Awaitable[Any]]] = {
    "GET /api/v1/orders/5": lambda client: client.fetch("5"),
    "GET /api/v1/orders": lambda client: client.find("GC-1"),
    "GET /api/v1/wallets": lambda client: client.wallets(),
    "GET /api/v1/products/8101": lambda client: client.product_details("8101"),
    "POST /api/v1/products/8101/charges": lambda client: client.quote(TERMS),
    "POST /api/v1/products/8101/availability": lambda client: client.is_available("8101", Decimal(20), 2),
}


async def nothing_goes_on(rude: RudeVendor) -> None:
    """Of ours: what was given up ends within a moment."""
    ours = asyncio.all_tasks() - rude.conversations - {asyncio.current_task()}
    if ours:
        _, left = await asyncio.wait(ours, timeout=0.5)
        assert not left


@pytest.mark.parametrize("act", HOSTILE.values(), ids=HOSTILE.keys())
async def test_no_read_crashes_hangs_or_leaves_anything_open(
    rude: RudeVendor, new_client: NewClient, act: Act
) -> None:
    client = new_client(timeouts=Timeouts(1, 0.5, 1))
    for path in (*READS, "GET /api/v1/currencies"):
        rude.on(path, act)
    await client.check_login()
    started = monotonic()

    outcomes: list[Any] = await asyncio.gather(
        *(read(client) for read in READS.values()), return_exceptions=True
    )

    assert monotonic() - started < 10
    failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert all(isinstance(failure, ProviderError) for failure in failures), failures
    await nothing_goes_on(rude)
    rude.on("GET /api/v1/orders/5", answers(200, {"id": 5}))
    assert (await client.fetch("5")).provider_order_id == "5"


@pytest.mark.parametrize("act", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_purchase_met_like_that_was_refused_or_is_unknown_and_was_sent_once(
    rude: RudeVendor, new_client: NewClient, act: Act
) -> None:
    client = new_client(timeouts=Timeouts(1, 0.5, 1))
    rude.on("POST /api/v1/orders", act)

    with pytest.raises((OutcomeUnknown, Refused)) as raised:
        await client.place(PURCHASE)

    assert len(rude.asked("POST /api/v1/orders")) == 1
    assert len(str(raised.value)) < 400
    await nothing_goes_on(rude)


async def test_a_redirect_carries_the_token_nowhere(rude: RudeVendor, client: OctopusCards) -> None:
    async with RudeVendor() as elsewhere:
        rude.on("GET /api/v1/orders/5", answers(308, raw=b"", Location=f"{elsewhere.address}/take"))
        with pytest.raises(OutcomeUnknown):
            await client.fetch("5")
        assert elsewhere.connections == 0


async def test_a_thousand_broken_answers_leave_no_connection_behind(
    rude: RudeVendor, new_client: NewClient
) -> None:
    client = new_client()
    rude.on("GET /api/v1/orders/5", answers(200, raw=b"x"))
    for _ in range(20):
        await asyncio.gather(*(client.fetch("5") for _ in range(50)), return_exceptions=True)

    await client.aclose()
    async with asyncio.timeout(5):
        while rude.conversations:
            await asyncio.sleep(0.01)


@pytest.mark.contract("2.2a")
async def test_every_call_is_logged_with_method_path_status_duration_and_request_id(
    rude: RudeVendor, client: OctopusCards
) -> None:
    rude.on("GET /api/v1/orders/5", answers(200, {"id": 5}, X_Request_Id="theirs-1"))
    rude.on("POST /api/v1/orders", answers(400, refusal("BAD_REQUEST"), X_Request_Id="theirs-2"))
    with capture_logs() as lines:
        await client.fetch("5")
        with pytest.raises(Refused):
            await client.place(PURCHASE)

    calls = [line for line in lines if line["event"] == "octopus_call"]
    assert [(line["method"], line["path"], line["status"]) for line in calls] == [
        ("POST", "/auth/login", 200),
        ("GET", "/api/v1/orders/5", 200),
        ("POST", "/api/v1/orders", 400),
    ]
    assert [line["request_id"] for line in calls[1:]] == ["theirs-1", "theirs-2"]
    allowed = {"event", "log_level", "method", "path", "status", "duration_ms", "request_id"}
    assert all(set(line) == allowed for line in calls)


@pytest.mark.contract("9.2e")
def test_the_time_limits_are_those_the_vendor_advises() -> None:
    assert Timeouts() == Timeouts(connect_s=5, read_s=30, total_s=60)
