"""Answers nobody could read are on disk first of all; whoever asked sees them when two approvers agree."""

import json

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.lines import UnparsedDeliverable
from bot.kinds.gift_card import Voucher
from bot.services.errors import NoCodes
from bot.services.purchase.save_unparsed_response import save_unparsed_response
from bot.services.resolve_order import confirm_resolution, propose_resolution
from bot.services.reveal_codes import codes_to_show, request_codes
from bot.vendors.contract import UnparsedResponse
from tests.support.at_once import saved
from tests.support.orders import actions, approved, ask, work, work_until
from tests.support.people import AGENT, LEAD, OTHER_LEAD

BODY = b'{"id": 9, "vouchers": [{"card_number": "HALF-4711-SEEN", "pin_code": "12'


def unread(order, **changes):
    fields = {"vendor": "octopus", "body": BODY, "deliverables": (), "request_id": "2xReqId"}
    return UnparsedResponse(**(fields | {"client_reference": order.client_reference} | changes))


async def test_it_is_sealed_under_its_order_once_and_stands_nowhere_in_clear(ctx, tmp_path):
    order = await ask(ctx)
    for _ in range(2):
        await save_unparsed_response(ctx, unread(order))

    assert saved(ctx).unparsed_responses.of_order(order.id) == [BODY]
    assert b"HALF-4711-SEEN" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    kept = [
        row for row in saved(ctx).audit.rows(order_id=order.id) if row.action == "unparsed_response_stored"
    ]
    assert json.loads(kept[0].details)["request_id"] == "2xReqId"


async def test_codes_made_out_of_it_are_the_orders(ctx):
    order = await ask(ctx)
    await save_unparsed_response(ctx, unread(order, deliverables=(Voucher("WHOLE-1", "77"),)))

    assert saved(ctx).codes.of_order(order.id) == [Voucher("WHOLE-1", "77")]


async def test_the_vendors_number_finds_the_order_too_and_an_unknown_order_is_left_alone(ctx, clock):
    order = await work_until(ctx, clock, await approved(ctx), OrderState.DELIVERED)
    named = {"client_reference": None, "vendor_order_id": order.vendor_order_id}
    await save_unparsed_response(ctx, unread(order, **named))
    assert len(saved(ctx).unparsed_responses.of_order(order.id)) == 1

    await save_unparsed_response(ctx, unread(order, client_reference=None, vendor_order_id="999999"))
    assert len(saved(ctx).unparsed_responses.of_order(order.id)) == 1


async def test_keys_can_be_changed(ctx):
    order = await ask(ctx)
    await save_unparsed_response(ctx, unread(order))
    await ctx.write(lambda tx: tx.rotate_keys())
    assert saved(ctx).unparsed_responses.of_order(order.id) == [BODY]


async def test_the_requester_sees_it_only_after_two_approvers_have_resolved_the_order(
    ctx, clock, back_office
):
    back_office.arm("drop-after")
    order = await work(ctx, clock, await approved(ctx))
    await save_unparsed_response(ctx, unread(order))
    with pytest.raises(NoCodes):
        await request_codes(ctx, AGENT, order.id)

    note = "support says these are the codes"
    proposal = await propose_resolution(ctx, LEAD, order.id, OrderState.RESOLVED, note)
    with pytest.raises(NoCodes):
        await request_codes(ctx, AGENT, order.id)
    await confirm_resolution(ctx, OTHER_LEAD, order.id, proposal.id)

    assert (await request_codes(ctx, AGENT, order.id)).state is OrderState.RESOLVED
    order, shown = codes_to_show(saved(ctx), order.id)
    assert shown == [UnparsedDeliverable(BODY.decode())]
    assert "codes_requested" in actions(ctx, order)
