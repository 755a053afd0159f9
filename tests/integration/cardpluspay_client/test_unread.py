"""What nobody can read about an order is handed over before anything else happens."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.domain.vouchers import Voucher
from bot.providers.cardpluspay import CardPlusPay, Timeouts
from bot.providers.contract import OutcomeUnknown, ReceiptStatus
from tests.integration.cardpluspay_client.conftest import BUY, PURCHASE, READ, NewClient, says, says_no
from tests.integration.vault import Vault
from tests.rude_vendor import Act, RudeVendor, answers, drips, sends
from tests.unit.cardpluspay.answers import code, envelope, order, read_again

WHOLE = json.dumps(envelope(order())).encode()
CUT = WHOLE.index(b"G7H8") + 9
OK = b"HTTP/1.1 200 OK\r\n"
CALLS: dict[str, Callable[[CardPlusPay], Awaitable[Any]]] = {
    BUY: lambda client: client.place(PURCHASE),
    READ: lambda client: client.fetch("90417"),
}
CUT_OFF: dict[str, Act] = {
    "the connection drops": sends(OK + b"Content-Length: 4000\r\n\r\n" + WHOLE[:CUT]),
    "it ends too soon": sends(OK + b"\r\n" + WHOLE[:CUT]),
    "it drips until our time is up": drips(OK + b"Content-Length: 9000\r\n\r\n" + WHOLE[:CUT], b" ", 0.05),
}


@pytest.mark.parametrize("request_", CALLS)
@pytest.mark.parametrize("act", CUT_OFF.values(), ids=CUT_OFF.keys())
async def test_what_came_before_an_answer_broke_off_is_kept_before_anybody_asks_again(
    rude: RudeVendor, new_client: NewClient, act: Act, request_: str
) -> None:
    client = new_client(timeouts=Timeouts(1, 0.3, 0.7))
    vault = Vault(rude, client, request_)
    rude.on(request_, act)

    with pytest.raises(OutcomeUnknown):
        await CALLS[request_](client)

    assert {unread.body[:CUT] for unread in vault.kept} == {WHOLE[:CUT]}
    assert vault.asked == list(range(1, len(rude.asked(request_)) + 1))
    assert len(vault.kept) == 1 or request_ == READ
    first = vault.kept[0]
    if request_ == BUY:
        assert (first.client_reference, first.vouchers) == (
            PURCHASE.client_reference,
            (Voucher("A1B2-C3D4"),),
        )
    else:  # it has not come as far as the number of the order
        assert (first.provider_order_id, first.vouchers) == ("90417", ())


async def test_a_pin_under_a_name_we_do_not_know_is_kept_and_the_purchase_is_used(
    rude: RudeVendor, client: CardPlusPay
) -> None:
    odd = order(codes=[code("A1"), code("B2", metadata=[{"Passphrase": "4410"}])])
    vault = Vault(rude, client, BUY)
    rude.on(BUY, says(odd))

    receipt = await client.place(PURCHASE)

    assert (receipt.status, len(receipt.vouchers)) == (ReceiptStatus.DELIVERED, 2)
    [unread] = vault.kept
    assert b"4410" in unread.body
    assert unread.vouchers == (Voucher("A1"),)


@pytest.mark.parametrize(
    "act",
    [
        answers(200, {"success": False, "message": "Late", "data": order()}),
        answers(200, {"data": order()}),
        answers(500, envelope(order())),
        says([order()]),
    ],
)
async def test_codes_in_an_answer_that_makes_no_sense_are_kept(
    rude: RudeVendor, client: CardPlusPay, act: Act
) -> None:
    vault = Vault(rude, client, BUY)
    rude.on(BUY, act)
    with pytest.raises(OutcomeUnknown):
        await client.place(PURCHASE)
    [unread] = vault.kept
    assert b"A1B2-C3D4" in unread.body


async def test_what_is_read_to_its_end_or_is_a_plain_no_is_handed_over_to_nobody(
    rude: RudeVendor, client: CardPlusPay
) -> None:
    vault = Vault(rude, client, BUY)
    rude.on(BUY, says(order()), says_no(422), says_no(500), says(order(status="pending", codes=[])))
    rude.on(READ, says(read_again()))

    await client.place(PURCHASE)
    for _ in range(2):
        with pytest.raises(Exception, match="CardPlusPay"):
            await client.place(PURCHASE)
    await client.place(PURCHASE)
    await client.fetch("90417")

    assert not vault.kept
