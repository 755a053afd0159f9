"""Answers nobody could read are on disk first of all; whoever asked sees them when two approvers agree."""

import json

import pytest

from bot.domain.orders import OrderState
from bot.domain.vouchers import RawAnswer, Voucher
from bot.providers.contract import Unread
from bot.usecases.keep_unread import keep_unread
from bot.usecases.rejections import NoCodes
from bot.usecases.resolve_order import confirm_resolution, propose_resolution
from bot.usecases.reveal_codes import ask_for_codes, codes_to_show
from tests.integration.purchase.conftest import (
    AGENT,
    LEAD,
    OTHER_LEAD,
    actions,
    approved,
    ask,
    work,
    work_until,
)

BODY = b'{"id": 9, "vouchers": [{"card_number": "HALF-4711-SEEN", "pin_code": "12'


def unread(order, **changes):
    fields = {"provider": "octopus", "body": BODY, "vouchers": (), "request_id": "2xReqId"}
    return Unread(**(fields | {"client_reference": order.client_reference} | changes))


async def test_it_is_sealed_under_its_order_once_and_stands_nowhere_in_clear(desk, tmp_path):
    order = await ask(desk)
    for _ in range(2):
        await keep_unread(desk, unread(order))

    assert desk.store.unread.of_order(order.id) == [BODY]
    assert b"HALF-4711-SEEN" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    kept = [row for row in desk.store.audit.rows(order_id=order.id) if row.action == "unread_answer_kept"]
    assert json.loads(kept[0].details)["request_id"] == "2xReqId"


async def test_codes_made_out_of_it_are_the_orders(desk):
    order = await ask(desk)
    await keep_unread(desk, unread(order, vouchers=(Voucher("WHOLE-1", "77"),)))

    assert desk.store.codes.of_order(order.id) == [Voucher("WHOLE-1", "77")]


async def test_the_vendors_number_finds_the_order_too_and_a_strangers_order_is_left_alone(desk, clock):
    order = await work_until(desk, clock, await approved(desk), OrderState.DELIVERED)
    named = {"client_reference": None, "provider_order_id": order.provider_order_id}
    await keep_unread(desk, unread(order, **named))
    assert desk.store.unread.count(order.id) == 1

    await keep_unread(desk, unread(order, client_reference=None, provider_order_id="999999"))
    assert desk.store.unread.count(order.id) == 1


async def test_keys_can_be_changed(desk):
    order = await ask(desk)
    await keep_unread(desk, unread(order))
    desk.store.rotate_keys()
    assert desk.store.unread.of_order(order.id) == [BODY]


async def test_the_requester_sees_it_only_after_two_approvers_have_resolved_the_order(desk, clock, office):
    office.arm("drop-after")
    order = await work(desk, clock, await approved(desk))
    await keep_unread(desk, unread(order))
    with pytest.raises(NoCodes):
        ask_for_codes(desk, AGENT, order.id)

    note = "support says these are the codes"
    proposal = propose_resolution(desk, LEAD, order.id, OrderState.RESOLVED, note)
    with pytest.raises(NoCodes):
        ask_for_codes(desk, AGENT, order.id)
    confirm_resolution(desk, OTHER_LEAD, order.id, proposal.id)

    assert ask_for_codes(desk, AGENT, order.id).state is OrderState.RESOLVED
    order, shown = codes_to_show(desk, order.id)
    assert shown == [RawAnswer(BODY.decode())]
    assert "codes_requested" in actions(desk, order)
