"""Buying exactly once, whatever the vendor and the network do."""

import asyncio
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.orders import OrderState
from bot.domain.people import Component
from bot.domain.policy import NotPermitted, Policy
from bot.providers.contract import OutcomeUnknown
from bot.usecases.decide_request import approve_request
from bot.usecases.notices import Kind
from bot.usecases.place_order import place_order
from bot.usecases.quote_order import Selection
from bot.usecases.raise_alarm import raise_alarm
from bot.usecases.record_receipt import purchase_of, record_receipt
from bot.usecases.rejections import NoCodes
from bot.usecases.reveal_codes import ask_for_codes
from bot.usecases.settle_order import adopt_orphans
from tests.integration.purchase.conftest import (
    AGENT,
    LEAD,
    OTHER_LEAD,
    actions,
    approved,
    ask,
    bought,
    sent,
    work,
    work_until,
)


def codes_at_the_vendor(theirs):
    return {voucher["card_number"] or voucher["claim_url"] for voucher in theirs["vouchers"]}


def codes_here(desk, order):
    return {voucher.card_number or voucher.claim_url for voucher in desk.store.codes.of_order(order.id)}


async def test_two_cards_come_with_the_purchase(desk, clock, office):
    order = await work(desk, clock, await approved(desk, 2))

    assert order.state is OrderState.DELIVERED
    (theirs,) = bought(office, order)
    assert codes_here(desk, order) == codes_at_the_vendor(theirs)
    assert len(codes_here(desk, order)) == 2


@pytest.mark.contract("6.2a", "G1")
async def test_eight_cards_come_later_and_are_all_kept(desk, clock, office):
    order = await work(desk, clock, await approved(desk, 8))
    assert order.state is OrderState.PLACED
    order = await work_until(desk, clock, order, OrderState.DELIVERED)

    assert len(codes_here(desk, order)) == 8
    assert codes_here(desk, order) == codes_at_the_vendor(bought(office, order)[0])


@pytest.mark.contract("9.4a")
async def test_another_currencys_wallet_pays_with_the_rate_that_was_approved(desk, clock, office):

    euro = desk.store.catalogue.search("zalando", currency="EUR", limit=1).products[0]
    order = await ask(desk, selection=Selection(euro.key, euro.denominations[0].minimum, 2, "31"))
    assert (order.charge.currency, order.face_value.currency) == ("USD", "EUR")
    assert order.forex_rate is not None

    order = await work(desk, clock, approve_request(desk, LEAD, order.id))

    assert order.state is OrderState.DELIVERED
    wallet = next(w for w in office.wallets() if w["id"] == 31)
    assert Decimal(str(wallet["amount"])) == order.balance_after.amount


async def test_the_purchase_names_its_reference_and_the_approvers_it_rests_on(desk, clock):
    order = await work(desk, clock, await approved(desk, 1))

    rows = {row.action: row for row in desk.store.audit.rows(order_id=order.id)}
    assert actions(desk, order) == ["requested", "approved", "purchase_intended", "delivered"]
    for action in ("purchase_intended", "delivered"):
        assert rows[action].client_reference == order.client_reference
        assert json.loads(rows[action].details)["approvers"] == [str(LEAD.id)]
    assert desk.store.audit.verify().ok


@pytest.mark.contract("9.2b")
@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("drop-after", {}),
        ("truncate", {}),
        ("error", {"status": 500, "when": "after"}),
        ("error", {"status": 502, "body": "html", "when": "after"}),
    ],
)
async def test_an_answer_lost_after_the_debit_is_found_again_and_never_bought_twice(
    desk, clock, office, fault, options
):
    office.choose(lost_answers_reveal=False)
    office.arm(fault, **options)

    order = await work(desk, clock, await approved(desk, 2))
    assert order.state is OrderState.UNSETTLED

    order = await work_until(desk, clock, order, OrderState.DELIVERED)
    (theirs,) = bought(office, order)
    assert codes_here(desk, order) == codes_at_the_vendor(theirs)


@pytest.mark.contract("7.3b", "G2")
async def test_codes_shown_only_in_a_lost_answer_are_said_to_be_missing_and_not_bought_again(
    desk, clock, office
):
    office.arm("drop-after")

    order = await work_until(desk, clock, await approved(desk, 2), OrderState.CODES_MISSING)

    assert len(bought(office, order)) == 1
    await raise_alarm(desk, order.id)
    assert sent(desk, clock, Kind.ALARM) == [{"event": "codes_missing"}]


@pytest.mark.contract("9.2a", "9.2d")
@pytest.mark.parametrize(
    ("fault", "options"), [("drop-before", {}), ("error", {"status": 503, "when": "before"})]
)
async def test_what_never_happened_is_asked_for_again_under_the_same_reference(
    desk, clock, office, fault, options
):
    office.arm(fault, **options)

    order = await work(desk, clock, await approved(desk, 2))
    assert order.state is OrderState.UNSETTLED
    order = await work_until(desk, clock, order, OrderState.DELIVERED)

    assert len(bought(office, order)) == 1
    assert actions(desk, order).count("purchase_intended") == 2


@pytest.mark.contract("9.2d")
async def test_a_failing_look_up_never_leads_to_asking_again(desk, clock, office):
    office.choose(lost_answers_reveal=False)
    office.arm("drop-after")
    order = await work(desk, clock, await approved(desk, 2))
    office.arm("error", method="GET", path="/api/v1/orders*", status=500, times=0)

    order = await work(desk, clock, order, steps=3)

    assert order.state is OrderState.UNSETTLED
    assert actions(desk, order).count("purchase_intended") == 1


@pytest.mark.contract("15b")
async def test_a_rate_limit_is_waited_out_and_the_approval_stands(desk, clock, office):
    office.arm("rate-limited", seconds=2)

    order = await work(desk, clock, await approved(desk, 2))
    assert order.state is OrderState.APPROVED
    assert (order.next_at - desk.clock()).total_seconds() > 1

    assert (await work(desk, clock, order)).state is OrderState.DELIVERED


@pytest.mark.contract("6.4a", "G6")
@pytest.mark.parametrize("fault", ["insufficient-funds", "out-of-stock"])
async def test_a_refusal_of_the_vendor_ends_the_order_and_moves_no_money(desk, clock, office, fault):
    office.arm(fault)
    order = await work(desk, clock, await approved(desk, 2))

    assert order.state is OrderState.REFUSED
    assert order.trouble
    assert bought(office, order) == []


@pytest.mark.contract("9.2c")
async def test_an_order_of_ours_that_is_already_there_is_adopted(desk, clock, office):
    office.choose(lost_answers_reveal=False)
    order = await approved(desk, 2)

    office.arm("drop-after")
    with pytest.raises(OutcomeUnknown):
        await desk.providers["octopus"].place(purchase_of(order))

    order = await work_until(desk, clock, order, OrderState.DELIVERED)

    assert len(bought(office, order)) == 1


@pytest.mark.contract("5.1h", "G13")
async def test_a_price_beyond_the_tolerance_goes_back_to_the_approvers_with_both_figures(desk, clock, office):
    order = await approved(desk, 2)
    office.change_product(order.terms.product_id, discount=0)

    moved = await work(desk, clock, order)

    assert moved.state is OrderState.WAITING
    assert moved.trouble is not None
    assert str(order.charge) in moved.trouble
    assert str(moved.charge) in moved.trouble
    assert bought(office, order) == []
    # The old approval is for other terms: the same lead has to look again.
    assert desk.store.approvals.valid(moved) == []
    again = approve_request(desk, OTHER_LEAD, moved.id, moved.digest[:12])
    assert (await work(desk, clock, again)).state is OrderState.DELIVERED


async def test_no_approval_covers_a_charge_above_the_policys_limit(desk, clock, office):
    order = await approved(desk, 2)
    limit = {"limits": {"charge": {order.charge.currency: order.charge.amount}}}
    desk.policy = Policy.model_validate(desk.policy.model_dump(exclude={"limits"}) | limit)
    office.change_product(order.terms.product_id, discount=0)

    order = await work(desk, clock, order)

    assert order.state is OrderState.REFUSED
    assert order.trouble is not None
    assert "may cost at most" in order.trouble
    assert bought(office, order) == []


@pytest.mark.contract("5.1h")
async def test_a_price_within_the_tolerance_is_bought_and_a_lower_one_always(desk, clock, office):
    desk.policy = Policy.model_validate(
        desk.policy.model_dump(exclude={"purchases"}) | {"purchases": {"tolerance_percent": 50}}
    )
    order = await approved(desk, 2)
    office.change_product(order.terms.product_id, discount=0)
    assert (await work(desk, clock, order)).state is OrderState.DELIVERED


@pytest.mark.contract("6.3b", "8b")
async def test_part_of_the_cards_is_handed_over_and_the_rest_follows(desk, clock, office):
    office.arm("partial", deliver=3, then="complete")
    order = await work_until(desk, clock, await approved(desk, 8), OrderState.PARTLY_DELIVERED)
    assert len(codes_here(desk, order)) == 3

    order = await work_until(desk, clock, order, OrderState.DELIVERED)
    assert len(codes_here(desk, order)) == 8


async def test_a_failed_order_says_that_the_vendor_refunds(desk, clock, office):
    office.arm("fail")
    order = await work_until(desk, clock, await approved(desk, 8), OrderState.FAILED)
    assert order.trouble is not None
    assert "refund" in order.trouble


@pytest.mark.contract("9.2a")
async def test_a_bot_that_dies_while_buying_looks_the_order_up_when_it_is_back(desk, clock, office):
    office.choose(reads="always")
    office.arm("delay-after", seconds=3)
    order = await approved(desk, 2)
    buying = asyncio.create_task(place_order(desk, order.id))
    async with asyncio.timeout(5):
        while not bought(office, order):
            await asyncio.sleep(0.05)
    buying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await buying

    adopt_orphans(desk)
    order = await work_until(desk, clock, order, OrderState.DELIVERED)

    assert len(bought(office, order)) == 1


async def test_at_the_start_an_order_left_in_the_middle_is_looked_up(desk, clock, office):
    order = await approved(desk, 2)

    with desk.transaction():
        desk.store.orders.move(
            order.id, OrderState.PLACING, actor=Component("purchaser"), action="purchase_intended"
        )

    assert adopt_orphans(desk) == 1
    assert desk.store.orders.get(order.id).state is OrderState.UNSETTLED
    assert (await work_until(desk, clock, order, OrderState.DELIVERED)).state is OrderState.DELIVERED
    assert len(bought(office, order)) == 1


async def test_the_codes_of_an_order_that_is_not_ours_are_kept_and_shown_to_nobody(desk, clock, office):
    order = await approved(desk, 2)
    theirs = await desk.providers["octopus"].place(purchase_of(order))
    other = replace(theirs, quantity=3)

    left = record_receipt(desk, order, other, codes_were_readable=False)

    assert left.trouble is not None
    assert "not the one we asked for" in left.trouble
    assert desk.store.codes.masked_of_order(order.id) == list(theirs.vouchers)
    with pytest.raises(NoCodes):
        ask_for_codes(desk, AGENT, order.id)


async def test_codes_are_shown_to_the_requester_only_and_every_time_is_on_record(desk, clock):
    order = await work(desk, clock, await approved(desk, 2))

    ask_for_codes(desk, AGENT, order.id)
    ask_for_codes(desk, AGENT, None, order.client_reference.lower())
    with pytest.raises(NotPermitted):
        ask_for_codes(desk, LEAD, order.id)

    assert actions(desk, order)[-3:] == ["codes_requested", "codes_requested", "refused"]


async def test_no_code_is_readable_in_the_database_file(desk, clock, tmp_path):
    order = await work(desk, clock, await approved(desk, 2))
    on_disk = b"".join(file.read_bytes() for file in tmp_path.iterdir())

    vouchers = desk.store.codes.of_order(order.id)
    assert vouchers
    for voucher in vouchers:
        for secret in voucher.secrets:
            if len(secret) > 4:  # a short PIN may stand anywhere by chance
                assert secret.encode() not in on_disk
