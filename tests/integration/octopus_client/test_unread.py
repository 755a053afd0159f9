"""What nobody can read about an order is handed over before anything else happens, byte by byte."""

import asyncio
import gzip
import json
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.providers.contract import OutcomeUnknown, ReceiptStatus
from bot.providers.octopus import OctopusCards, Timeouts
from tests.integration.octopus_client.conftest import PURCHASE, NewClient
from tests.integration.octopus_client.rude_vendor import Act, RudeVendor, answers, drips, sends
from tests.integration.octopus_client.test_placing import DELIVERED, ORDERS
from tests.integration.vault import Vault

WHOLE = json.dumps(DELIVERED).encode()
TWO_CODES = WHOLE.index(b'NMB-5E6F"') + 9
OK = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
PACKED = gzip.compress(WHOLE * 200)
CALLS: dict[str, tuple[str, Callable[[OctopusCards], Awaitable[Any]]]] = {
    "place": (ORDERS, lambda client: client.place(PURCHASE)),
    "fetch": ("GET /api/v1/orders/70388", lambda client: client.fetch("70388")),
    "find": ("GET /api/v1/orders", lambda client: client.find(PURCHASE.client_reference)),
}
CUT_OFF: dict[str, Act] = {
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
@pytest.mark.parametrize("act", CUT_OFF.values(), ids=CUT_OFF.keys())
async def test_what_came_before_an_answer_broke_off_is_kept_before_anybody_asks_again(
    rude: RudeVendor, new_client: NewClient, act: Act, call: str
) -> None:
    request, ask = CALLS[call]
    client = new_client(timeouts=Timeouts(1, 0.3, 0.7))
    vault = Vault(rude, client, request)
    rude.on(request, act)

    with pytest.raises(OutcomeUnknown) as raised:
        await ask(client)

    assert [unread.body[:TWO_CODES] for unread in vault.kept] == [WHOLE[:TWO_CODES]] * len(
        rude.asked(request)
    )
    assert vault.asked == list(range(1, len(vault.kept) + 1))
    assert (len(vault.kept) == 1) or call != "place"
    shown = repr(raised.value.__dict__) + "".join(traceback.format_exception(raised.value))
    assert "NMB" not in shown + repr(vault.kept)
    if call != "find":  # a list that was cut off does not say whose cards these are
        assert {v.card_number for unread in vault.kept for v in unread.vouchers} == {"NMB-1A2B"}


@pytest.mark.contract("7.3b")
async def test_codes_in_a_shape_nobody_documented_are_kept_and_the_order_is_used(
    rude: RudeVendor, client: OctopusCards
) -> None:
    odd = DELIVERED | {"vouchers": [{"card_number": "NMB-1A2B"}, "NMB-5E6F"]}
    vault = Vault(rude, client, ORDERS)
    rude.on(ORDERS, answers(201, odd, X_Request_Id="VENDOR1"))

    receipt = await client.place(PURCHASE)

    assert (receipt.status, len(receipt.vouchers)) == (ReceiptStatus.DELIVERED, 1)
    [unread] = vault.kept
    assert unread.body == json.dumps(odd).encode()
    assert (unread.request_id, unread.client_reference) == ("VENDOR1", PURCHASE.client_reference)


@pytest.mark.contract("7.3b")
@pytest.mark.parametrize("answer", [DELIVERED["vouchers"], {"order": DELIVERED}, "NMB-1A2B", [DELIVERED]])
async def test_an_answer_that_makes_no_sense_is_kept(
    rude: RudeVendor, client: OctopusCards, answer: Any
) -> None:
    vault = Vault(rude, client, ORDERS)
    rude.on(ORDERS, answers(201, answer))
    with pytest.raises(OutcomeUnknown):
        await client.place(PURCHASE)
    assert [unread.body for unread in vault.kept] == [json.dumps(answer).encode()]


async def test_an_answer_that_is_read_to_its_end_is_handed_over_to_nobody(
    rude: RudeVendor, client: OctopusCards
) -> None:
    vault = Vault(rude, client, ORDERS)
    rude.on(ORDERS, answers(201, DELIVERED))
    rude.on("GET /api/v1/orders/70388", answers(200, DELIVERED | {"vouchers": [{"card_number": "***2B"}]}))
    rude.on("GET /api/v1/orders", answers(200, []))

    for _, ask in CALLS.values():
        await ask(client)

    assert not vault.kept


async def test_of_an_endless_answer_as_much_is_kept_as_we_read(
    rude: RudeVendor, new_client: NewClient
) -> None:
    client = new_client(timeouts=Timeouts(1, 5, 20))
    vault = Vault(rude, client, ORDERS)
    rude.on(ORDERS, answers(201, raw=WHOLE[:-1] + b" " * 9_000_000 + b"}"))
    with pytest.raises(OutcomeUnknown, match="too large"):
        await client.place(PURCHASE)
    [unread] = vault.kept
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
    rude: RudeVendor, client: OctopusCards, packed: bytes, kept: bytes
) -> None:
    vault = Vault(rude, client, ORDERS)
    rude.on(ORDERS, answers(201, raw=packed, Content_Encoding="gzip"))
    with pytest.raises(OutcomeUnknown):
        await client.place(PURCHASE)
    [unread] = vault.kept
    assert unread.body.startswith(kept)


async def test_a_packed_answer_is_opened(rude: RudeVendor, client: OctopusCards) -> None:
    rude.on(ORDERS, answers(201, raw=gzip.compress(WHOLE), Content_Encoding="gzip"))
    assert len((await client.place(PURCHASE)).vouchers) == 2


async def test_told_to_stop_in_the_middle_of_an_answer_we_keep_what_came(
    rude: RudeVendor, new_client: NewClient
) -> None:
    client = new_client(timeouts=Timeouts(5, 5, 9))
    vault = Vault(rude, client, ORDERS)
    rude.on(ORDERS, CUT_OFF["it stops half-way"])
    await client.check_login()
    buying = asyncio.create_task(client.place(PURCHASE))
    async with asyncio.timeout(5):
        while not rude.asked(ORDERS):
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)

    buying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await buying

    assert [unread.body for unread in vault.kept] == [WHOLE[:TWO_CODES]]


async def test_no_log_line_has_anything_of_what_was_kept(rude: RudeVendor, client: OctopusCards) -> None:
    rude.on(ORDERS, CUT_OFF["the connection drops"])
    with capture_logs() as lines, pytest.raises(OutcomeUnknown):
        await client.place(PURCHASE)
    assert "NMB" not in repr(lines)
    assert [line["event"] for line in lines if line["log_level"] == "warning"] == ["octopus_call_failed"]
