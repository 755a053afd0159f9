"""What nobody can read about an order is handed over before anything else happens."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.domain.vendor_orders import VendorOrderStatus
from bot.kinds.gift_card import Voucher
from bot.vendors.cardpluspay.client import CardPlusPay
from bot.vendors.contract import OutcomeUnknown
from bot.vendors.http.transport import Timeouts
from tests.integration.cardpluspay_client.conftest import BUY, PURCHASE, READ, NewClient, says, says_no
from tests.support.scripted_server import ScriptedReply, ScriptedServer, answers, drips, sends
from tests.support.unread_recorder import UnreadRecorder
from tests.unit.cardpluspay.responses import code, envelope, order, read_again

WHOLE = json.dumps(envelope(order())).encode()
CUT = WHOLE.index(b"G7H8") + 9
OK = b"HTTP/1.1 200 OK\r\n"
CALLS: dict[str, Callable[[CardPlusPay], Awaitable[Any]]] = {
    BUY: lambda client: client.gift_cards.place(PURCHASE),
    READ: lambda client: client.gift_cards.fetch("90417"),
}
CUT_OFF: dict[str, ScriptedReply] = {
    "the connection drops": sends(OK + b"Content-Length: 4000\r\n\r\n" + WHOLE[:CUT]),
    "it ends too soon": sends(OK + b"\r\n" + WHOLE[:CUT]),
    "it drips until our time is up": drips(OK + b"Content-Length: 9000\r\n\r\n" + WHOLE[:CUT], b" ", 0.05),
}


@pytest.mark.parametrize("request_", CALLS)
@pytest.mark.parametrize("reply", CUT_OFF.values(), ids=CUT_OFF.keys())
async def test_what_came_before_an_answer_broke_off_is_kept_before_anybody_asks_again(
    server: ScriptedServer, new_client: NewClient, reply: ScriptedReply, request_: str
) -> None:
    client = new_client(timeouts=Timeouts(1, 0.3, 0.7))
    recorder = UnreadRecorder(server, client, request_)
    server.on(request_, reply)

    with pytest.raises(OutcomeUnknown):
        await CALLS[request_](client)

    assert {unread.body[:CUT] for unread in recorder.kept} == {WHOLE[:CUT]}
    assert recorder.asked == list(range(1, len(server.asked(request_)) + 1))
    assert len(recorder.kept) == 1 or request_ == READ
    first = recorder.kept[0]
    if request_ == BUY:
        assert (first.client_reference, first.deliverables) == (
            PURCHASE.client_reference,
            (Voucher("A1B2-C3D4"),),
        )
    else:  # it has not come as far as the number of the order
        assert (first.vendor_order_id, first.deliverables) == ("90417", ())


async def test_a_pin_under_a_name_we_do_not_know_is_kept_and_the_purchase_is_used(
    server: ScriptedServer, client: CardPlusPay
) -> None:
    odd = order(codes=[code("A1"), code("B2", metadata=[{"Passphrase": "4410"}])])
    recorder = UnreadRecorder(server, client, BUY)
    server.on(BUY, says(odd))

    vendor_order = await client.gift_cards.place(PURCHASE)

    assert (vendor_order.status, len(vendor_order.deliverables)) == (VendorOrderStatus.DELIVERED, 2)
    [unread] = recorder.kept
    assert b"4410" in unread.body
    assert unread.deliverables == (Voucher("A1"),)


@pytest.mark.parametrize(
    "reply",
    [
        answers(200, {"success": False, "message": "Late", "data": order()}),
        answers(200, {"data": order()}),
        answers(500, envelope(order())),
        says([order()]),
    ],
)
async def test_codes_in_an_answer_that_makes_no_sense_are_kept(
    server: ScriptedServer, client: CardPlusPay, reply: ScriptedReply
) -> None:
    recorder = UnreadRecorder(server, client, BUY)
    server.on(BUY, reply)
    with pytest.raises(OutcomeUnknown):
        await client.gift_cards.place(PURCHASE)
    [unread] = recorder.kept
    assert b"A1B2-C3D4" in unread.body


async def test_what_is_read_to_its_end_or_is_a_plain_no_is_handed_over_to_nobody(
    server: ScriptedServer, client: CardPlusPay
) -> None:
    recorder = UnreadRecorder(server, client, BUY)
    server.on(BUY, says(order()), says_no(422), says_no(500), says(order(status="pending", codes=[])))
    server.on(READ, says(read_again()))

    await client.gift_cards.place(PURCHASE)
    for _ in range(2):
        with pytest.raises(Exception, match="CardPlusPay"):
            await client.gift_cards.place(PURCHASE)
    await client.gift_cards.place(PURCHASE)
    await client.gift_cards.fetch("90417")

    assert not recorder.kept
