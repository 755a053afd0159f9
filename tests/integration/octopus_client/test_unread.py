"""What nobody can read about an order is handed over before anything else happens, byte by byte."""

import asyncio
import gzip
import json
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.domain.vendor_orders import VendorOrderStatus
from bot.vendors.contract import OutcomeUnknown
from bot.vendors.http.transport import Timeouts
from bot.vendors.octopus.client import OctopusCards
from tests.integration.octopus_client.conftest import PURCHASE, NewClient
from tests.integration.octopus_client.test_place_order import DELIVERED, ORDERS
from tests.support.octopus_scripted_server import ScriptedReply, ScriptedServer, answers, drips, sends
from tests.support.terms import vouchers
from tests.support.unread_recorder import UnreadRecorder
from tests.support.waiting import let_others_run, until

WHOLE = json.dumps(DELIVERED).encode()
TWO_CODES = WHOLE.index(b'NMB-5E6F"') + 9
OK = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
PACKED = gzip.compress(WHOLE * 200)
CALLS: dict[str, tuple[str, Callable[[OctopusCards], Awaitable[Any]]]] = {
    "place": (ORDERS, lambda client: client.gift_cards.place(PURCHASE)),
    "fetch": ("GET /api/v1/orders/70388", lambda client: client.gift_cards.fetch("70388")),
    "find": ("GET /api/v1/orders", lambda client: client.gift_cards.find(PURCHASE.client_reference)),
}
CUT_OFF: dict[str, ScriptedReply] = {
    "the connection drops": sends(OK + b"Content-Length: 4000\r\n\r\n" + WHOLE[:TWO_CODES]),
    "a chunk is cut off": sends(OK + b"Transfer-Encoding: chunked\r\n\r\n800\r\n" + WHOLE[:TWO_CODES]),
    "it ends too soon": sends(OK + b"\r\n" + WHOLE[:TWO_CODES]),
    "it drips until our time is up": drips(
        OK + b"Content-Length: 9000\r\n\r\n" + WHOLE[:TWO_CODES], b" ", 0.05
    ),
    "it stops half-way": drips(OK + b"Content-Length: 9000\r\n\r\n" + WHOLE[:TWO_CODES], b"", 9),
}


@pytest.mark.contract("7.3b")
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("reply", CUT_OFF.values(), ids=CUT_OFF.keys())
async def test_what_came_before_an_answer_broke_off_is_kept_before_anybody_asks_again(
    server: ScriptedServer, new_client: NewClient, reply: ScriptedReply, call: str
) -> None:
    request, ask = CALLS[call]
    client = new_client(timeouts=Timeouts(1, 0.3, 0.7))
    recorder = UnreadRecorder(server, client, request)
    server.on(request, reply)

    with pytest.raises(OutcomeUnknown) as raised:
        await ask(client)

    assert [unread.body[:TWO_CODES] for unread in recorder.kept] == [WHOLE[:TWO_CODES]] * len(
        server.asked(request)
    )
    assert recorder.asked == list(range(1, len(recorder.kept) + 1))
    assert (len(recorder.kept) == 1) or call != "place"
    shown = repr(raised.value.__dict__) + "".join(traceback.format_exception(raised.value))
    assert "NMB" not in shown + repr(recorder.kept)
    if call != "find":  # a list that was cut off does not say whose cards these are
        assert {v.card_number for unread in recorder.kept for v in vouchers(unread.deliverables)} == {
            "NMB-1A2B"
        }


@pytest.mark.contract("7.3b")
async def test_codes_in_a_shape_nobody_documented_are_kept_and_the_order_is_used(
    server: ScriptedServer, client: OctopusCards
) -> None:
    odd = DELIVERED | {"vouchers": [{"card_number": "NMB-1A2B"}, "NMB-5E6F"]}
    recorder = UnreadRecorder(server, client, ORDERS)
    server.on(ORDERS, answers(201, odd, X_Request_Id="VENDOR1"))

    vendor_order = await client.gift_cards.place(PURCHASE)

    assert (vendor_order.status, len(vendor_order.deliverables)) == (VendorOrderStatus.DELIVERED, 1)
    [unread] = recorder.kept
    assert unread.body == json.dumps(odd).encode()
    assert (unread.request_id, unread.client_reference) == ("VENDOR1", PURCHASE.client_reference)


@pytest.mark.contract("7.3b")
@pytest.mark.parametrize("answer", [DELIVERED["vouchers"], {"order": DELIVERED}, "NMB-1A2B", [DELIVERED]])
async def test_an_answer_that_makes_no_sense_is_kept(
    server: ScriptedServer, client: OctopusCards, answer: Any
) -> None:
    recorder = UnreadRecorder(server, client, ORDERS)
    server.on(ORDERS, answers(201, answer))
    with pytest.raises(OutcomeUnknown):
        await client.gift_cards.place(PURCHASE)
    assert [unread.body for unread in recorder.kept] == [json.dumps(answer).encode()]


async def test_an_answer_that_is_read_to_its_end_is_handed_over_to_nobody(
    server: ScriptedServer, client: OctopusCards
) -> None:
    recorder = UnreadRecorder(server, client, ORDERS)
    server.on(ORDERS, answers(201, DELIVERED))
    server.on("GET /api/v1/orders/70388", answers(200, DELIVERED | {"vouchers": [{"card_number": "***2B"}]}))
    server.on("GET /api/v1/orders", answers(200, []))

    for _, ask in CALLS.values():
        await ask(client)

    assert not recorder.kept


async def test_of_an_endless_answer_as_much_is_kept_as_we_read(
    server: ScriptedServer, new_client: NewClient
) -> None:
    client = new_client(timeouts=Timeouts(1, 5, 20))
    recorder = UnreadRecorder(server, client, ORDERS)
    server.on(ORDERS, answers(201, raw=WHOLE[:-1] + b" " * 9_000_000 + b"}"))
    with pytest.raises(OutcomeUnknown, match="too large"):
        await client.gift_cards.place(PURCHASE)
    [unread] = recorder.kept
    assert len(unread.body) == 8 * 1024 * 1024
    assert unread.body.startswith(WHOLE[:-1])


@pytest.mark.parametrize(
    ("packed", "kept"),
    [
        (PACKED[:-30], WHOLE),
        (b"\x1f\x8bnot gzip", b"\x1f\x8bnot gzip"),
        (PACKED[:-8] + b"?" * 8, PACKED[:-8]),
    ],
    ids=["cut off", "none at all", "broken inside"],
)
async def test_an_archive_that_is_cut_off_or_broken_is_kept_as_far_as_it_opens_or_as_it_is(
    server: ScriptedServer, client: OctopusCards, packed: bytes, kept: bytes
) -> None:
    recorder = UnreadRecorder(server, client, ORDERS)
    server.on(ORDERS, answers(201, raw=packed, Content_Encoding="gzip"))
    with pytest.raises(OutcomeUnknown):
        await client.gift_cards.place(PURCHASE)
    [unread] = recorder.kept
    assert unread.body.startswith(kept)


async def test_a_packed_answer_is_opened(server: ScriptedServer, client: OctopusCards) -> None:
    server.on(ORDERS, answers(201, raw=gzip.compress(WHOLE), Content_Encoding="gzip"))
    assert len((await client.gift_cards.place(PURCHASE)).deliverables) == 2


async def test_told_to_stop_in_the_middle_of_an_answer_we_keep_what_came(
    server: ScriptedServer, new_client: NewClient
) -> None:
    client = new_client(timeouts=Timeouts(5, 5, 9))
    recorder = UnreadRecorder(server, client, ORDERS)
    server.on(ORDERS, CUT_OFF["it stops half-way"])
    await client.account()
    buying = asyncio.create_task(client.gift_cards.place(PURCHASE))
    await until(lambda: server.asked(ORDERS))
    await let_others_run()

    buying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await buying

    assert [unread.body for unread in recorder.kept] == [WHOLE[:TWO_CODES]]


async def test_no_log_line_has_anything_of_what_was_kept(
    server: ScriptedServer, client: OctopusCards
) -> None:
    server.on(ORDERS, CUT_OFF["the connection drops"])
    with capture_logs() as lines, pytest.raises(OutcomeUnknown):
        await client.gift_cards.place(PURCHASE)
    assert "NMB" not in repr(lines)
    assert [line["event"] for line in lines if line["log_level"] == "warning"] == ["octopus_call_failed"]
