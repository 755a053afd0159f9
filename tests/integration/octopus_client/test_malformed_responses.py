"""Whatever a server answers, the client says so in time, keeps nothing open, and works again afterwards."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.vendors.contract import OutcomeUnknown, Refused, VendorError
from bot.vendors.http.transport import Timeouts
from bot.vendors.octopus.client import OctopusCards
from tests.integration.octopus_client.conftest import PURCHASE, TERMS, NewClient
from tests.support.every import assert_every
from tests.support.malformed_responses import MALFORMED_RESPONSES, assert_no_task_left_running
from tests.support.octopus_scripted_server import ScriptedReply, ScriptedServer, answers, refusal
from tests.support.waiting import until

READS: dict[str, Callable[[OctopusCards], Awaitable[Any]]] = {
    "GET /api/v1/orders/5": lambda client: client.gift_cards.fetch("5"),
    "GET /api/v1/orders": lambda client: client.gift_cards.find("GC-1"),
    "GET /api/v1/wallets": lambda client: client.wallets(),
    "GET /api/v1/products/8101": lambda client: client.gift_cards.product_details("8101"),
    "POST /api/v1/products/8101/charges": lambda client: client.gift_cards.quote(TERMS),
    "POST /api/v1/products/8101/availability": lambda client: client.gift_cards.is_available(TERMS.line),
}


@pytest.mark.parametrize("reply", MALFORMED_RESPONSES.values(), ids=MALFORMED_RESPONSES.keys())
async def test_no_read_crashes_hangs_or_leaves_anything_open(
    server: ScriptedServer, new_client: NewClient, reply: ScriptedReply
) -> None:
    client = new_client(timeouts=Timeouts(1, 0.5, 1))
    for path in (*READS, "GET /api/v1/currencies"):
        server.on(path, reply)
    await client.account()
    started = monotonic()

    outcomes: list[Any] = await asyncio.gather(
        *(read(client) for read in READS.values()), return_exceptions=True
    )

    assert monotonic() - started < 10
    failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert_every(failures, lambda failure: isinstance(failure, VendorError))
    await assert_no_task_left_running(server)
    server.on("GET /api/v1/orders/5", answers(200, {"id": 5}))
    assert (await client.gift_cards.fetch("5")).vendor_order_id == "5"


@pytest.mark.parametrize("reply", MALFORMED_RESPONSES.values(), ids=MALFORMED_RESPONSES.keys())
async def test_a_purchase_met_like_that_was_refused_or_is_unknown_and_was_sent_once(
    server: ScriptedServer, new_client: NewClient, reply: ScriptedReply
) -> None:
    client = new_client(timeouts=Timeouts(1, 0.5, 1))
    server.on("POST /api/v1/orders", reply)

    with pytest.raises((OutcomeUnknown, Refused)) as raised:
        await client.gift_cards.place(PURCHASE)

    assert len(server.asked("POST /api/v1/orders")) == 1
    assert len(str(raised.value)) < 400
    await assert_no_task_left_running(server)


async def test_a_redirect_carries_the_token_nowhere(server: ScriptedServer, client: OctopusCards) -> None:
    async with ScriptedServer() as elsewhere:
        server.on("GET /api/v1/orders/5", answers(308, raw=b"", Location=f"{elsewhere.address}/take"))
        with pytest.raises(OutcomeUnknown):
            await client.gift_cards.fetch("5")
        assert elsewhere.connections == 0


async def test_a_thousand_broken_answers_leave_no_connection_behind(
    server: ScriptedServer, new_client: NewClient
) -> None:
    client = new_client()
    server.on("GET /api/v1/orders/5", answers(200, raw=b"x"))
    for _ in range(20):
        await asyncio.gather(*(client.gift_cards.fetch("5") for _ in range(50)), return_exceptions=True)

    await client.aclose()
    await until(lambda: not server.conversations)


@pytest.mark.contract("2.2a")
async def test_every_call_is_logged_with_method_path_status_duration_and_request_id(
    server: ScriptedServer, client: OctopusCards
) -> None:
    server.on("GET /api/v1/orders/5", answers(200, {"id": 5}, X_Request_Id="theirs-1"))
    server.on("POST /api/v1/orders", answers(400, refusal("BAD_REQUEST"), X_Request_Id="theirs-2"))
    with capture_logs() as lines:
        await client.gift_cards.fetch("5")
        with pytest.raises(Refused):
            await client.gift_cards.place(PURCHASE)

    calls = [line for line in lines if line["event"] == "octopus_call"]
    assert [(line["method"], line["path"], line["status"]) for line in calls] == [
        ("POST", "/auth/login", 200),
        ("GET", "/api/v1/orders/5", 200),
        ("POST", "/api/v1/orders", 400),
    ]
    assert [line["request_id"] for line in calls[1:]] == ["theirs-1", "theirs-2"]
    allowed = {"event", "log_level", "method", "path", "status", "duration_ms", "request_id"}
    assert_every(calls, lambda line: set(line) == allowed)


@pytest.mark.contract("9.2e")
def test_the_time_limits_are_those_the_vendor_advises() -> None:
    assert Timeouts() == Timeouts(connect_s=5, read_s=30, total_s=60)
