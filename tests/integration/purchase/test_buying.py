"""Buying exactly once, whatever the vendor and the network do."""

import asyncio
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.audit_actions import AuditAction
from bot.domain.lifecycle import Cause, OrderState
from bot.domain.people import Component
from bot.domain.policy import Policy
from bot.kinds.gift_card import Voucher
from bot.services.decide_request import approve_request
from bot.services.errors import NoCodes, NotPermitted
from bot.services.escalate_order import escalate_order
from bot.services.notifications import OutboxKind
from bot.services.problem_text import problem_line
from bot.services.purchase.apply import commit
from bot.services.purchase.record import purchase_of, record_vendor_order
from bot.services.purchase.recover import recover_interrupted_orders
from bot.services.purchase.submit import submit_order
from bot.services.reveal_codes import request_codes
from bot.vendors.contract import OutcomeUnknown
from tests.support.at_once import saved, write
from tests.support.disk import audit_log_is_intact
from tests.support.order_moves import move_order
from tests.support.orders import actions, approved, ask, bought, sent, work, work_until
from tests.support.people import AGENT, LEAD, OTHER_LEAD
from tests.support.terms import card_selection
from tests.support.waiting import until


def codes_at_the_vendor(theirs):
    return {voucher["card_number"] or voucher["claim_url"] for voucher in theirs["vouchers"]}


def codes_here(ctx, order):
    vouchers = saved(ctx).codes.of_order(order.id)
    return {each.card_number or each.claim_url for each in vouchers if isinstance(each, Voucher)}


async def test_two_cards_come_with_the_purchase(ctx, clock, back_office):
    order = await work(ctx, clock, await approved(ctx, 2))

    assert order.state is OrderState.DELIVERED
    (theirs,) = bought(back_office, order)
    assert codes_here(ctx, order) == codes_at_the_vendor(theirs)
    assert len(codes_here(ctx, order)) == 2


@pytest.mark.contract("6.2a", "G1")
async def test_eight_cards_come_later_and_are_all_kept(ctx, clock, back_office):
    order = await work(ctx, clock, await approved(ctx, 8))
    assert order.state is OrderState.PURCHASED
    order = await work_until(ctx, clock, order, OrderState.DELIVERED)

    assert len(codes_here(ctx, order)) == 8
    assert codes_here(ctx, order) == codes_at_the_vendor(bought(back_office, order)[0])


@pytest.mark.contract("9.4a")
async def test_another_currencys_wallet_pays_with_the_rate_that_was_approved(ctx, clock, back_office):

    euro = saved(ctx).catalogue.search("zalando", currency="EUR", limit=1).products[0]
    order = await ask(ctx, selection=card_selection(euro, euro.denominations[0].minimum, 2, "31"))
    assert (order.charge.currency, order.face_value.currency) == ("USD", "EUR")
    assert order.forex_rate is not None

    order = await work(ctx, clock, await approve_request(ctx, LEAD, order.id))

    assert order.state is OrderState.DELIVERED
    wallet = next(w for w in back_office.wallets() if w["id"] == 31)
    assert Decimal(str(wallet["amount"])) == order.balance_after.amount


async def test_the_purchase_names_its_reference_and_the_approvers_it_rests_on(ctx, clock):
    order = await work(ctx, clock, await approved(ctx, 1))

    rows = {row.action: row for row in saved(ctx).audit.rows(order_id=order.id)}
    assert actions(ctx, order) == ["requested", "approved", "purchase_intended", "delivered"]
    for action in ("purchase_intended", "delivered"):
        assert rows[action].client_reference == order.client_reference
        assert json.loads(rows[action].details)["approvers"] == [str(LEAD.id)]
    assert audit_log_is_intact(ctx)


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
    ctx, clock, back_office, fault, options
):
    back_office.choose(lost_answers_reveal=False)
    back_office.arm(fault, **options)

    order = await work(ctx, clock, await approved(ctx, 2))
    assert order.state is OrderState.OUTCOME_UNKNOWN

    order = await work_until(ctx, clock, order, OrderState.DELIVERED)
    (theirs,) = bought(back_office, order)
    assert codes_here(ctx, order) == codes_at_the_vendor(theirs)


@pytest.mark.contract("7.3b", "G2")
async def test_codes_shown_only_in_a_lost_answer_are_said_to_be_missing_and_not_bought_again(
    ctx, clock, back_office
):
    back_office.arm("drop-after")

    order = await work_until(ctx, clock, await approved(ctx, 2), OrderState.CODES_UNAVAILABLE)

    assert len(bought(back_office, order)) == 1
    await escalate_order(ctx, order.id)
    assert sent(ctx, clock, OutboxKind.APPROVER_ALERT) == [{"event": "codes_unavailable"}]


@pytest.mark.contract("9.2a", "9.2d")
@pytest.mark.parametrize(
    ("fault", "options"), [("drop-before", {}), ("error", {"status": 503, "when": "before"})]
)
async def test_what_never_happened_is_asked_for_again_under_the_same_reference(
    ctx, clock, back_office, fault, options
):
    back_office.arm(fault, **options)

    order = await work(ctx, clock, await approved(ctx, 2))
    assert order.state is OrderState.OUTCOME_UNKNOWN
    order = await work_until(ctx, clock, order, OrderState.DELIVERED)

    assert len(bought(back_office, order)) == 1
    assert actions(ctx, order).count("purchase_intended") == 2


@pytest.mark.contract("9.2d")
async def test_a_failing_look_up_never_leads_to_asking_again(ctx, clock, back_office):
    back_office.choose(lost_answers_reveal=False)
    back_office.arm("drop-after")
    order = await work(ctx, clock, await approved(ctx, 2))
    back_office.arm("error", method="GET", path="/api/v1/orders*", status=500, times=0)

    order = await work(ctx, clock, order, steps=3)

    assert order.state is OrderState.OUTCOME_UNKNOWN
    assert actions(ctx, order).count("purchase_intended") == 1


@pytest.mark.contract("15b")
async def test_a_rate_limit_is_waited_out_and_the_approval_stands(ctx, clock, back_office):
    back_office.arm("rate-limited", seconds=2)

    order = await work(ctx, clock, await approved(ctx, 2))
    assert order.state is OrderState.APPROVED
    assert (order.next_at - ctx.clock()).total_seconds() > 1

    assert (await work(ctx, clock, order)).state is OrderState.DELIVERED


@pytest.mark.contract("6.4a", "G6")
@pytest.mark.parametrize("fault", ["insufficient-funds", "out-of-stock"])
async def test_a_refusal_of_the_vendor_ends_the_order_and_moves_no_money(ctx, clock, back_office, fault):
    back_office.arm(fault)
    order = await work(ctx, clock, await approved(ctx, 2))

    assert order.state is OrderState.REFUSED
    assert order.problem
    assert bought(back_office, order) == []


@pytest.mark.contract("9.2c")
async def test_an_order_of_ours_that_is_already_there_is_adopted(ctx, clock, back_office):
    back_office.choose(lost_answers_reveal=False)
    order = await approved(ctx, 2)

    back_office.arm("drop-after")
    with pytest.raises(OutcomeUnknown):
        await ctx.sells(order.terms).place(purchase_of(order))

    order = await work_until(ctx, clock, order, OrderState.DELIVERED)

    assert len(bought(back_office, order)) == 1


@pytest.mark.contract("5.1h", "G13")
async def test_a_price_beyond_the_tolerance_goes_back_to_the_approvers_with_both_figures(
    ctx, clock, back_office
):
    order = await approved(ctx, 2)
    back_office.change_product(order.terms.line.product_id, discount=0)

    moved = await work(ctx, clock, order)

    assert moved.state is OrderState.PENDING_APPROVAL
    problem = problem_line(moved)
    assert problem is not None
    assert str(order.charge) in problem
    assert str(moved.charge) in problem
    assert bought(back_office, order) == []
    # The old approval is for other terms: the same lead has to look again.
    assert saved(ctx).approvals.valid(moved) == []
    again = await approve_request(ctx, OTHER_LEAD, moved.id, moved.digest[:12])
    assert (await work(ctx, clock, again)).state is OrderState.DELIVERED


async def test_no_approval_covers_a_charge_above_the_policys_limit(ctx, clock, back_office):
    order = await approved(ctx, 2)
    limit = {"limits": {"charge": {order.charge.currency: order.charge.amount}}}
    ctx.policy = Policy.model_validate(ctx.policy.model_dump(exclude={"limits"}) | limit)
    back_office.change_product(order.terms.line.product_id, discount=0)

    order = await work(ctx, clock, order)

    assert order.state is OrderState.REFUSED
    problem = problem_line(order)
    assert problem is not None
    assert "may cost at most" in problem
    assert bought(back_office, order) == []


@pytest.mark.contract("5.1h")
async def test_a_price_within_the_tolerance_is_bought_and_a_lower_one_always(ctx, clock, back_office):
    ctx.policy = Policy.model_validate(
        ctx.policy.model_dump(exclude={"purchases"}) | {"purchases": {"tolerance_percent": 50}}
    )
    order = await approved(ctx, 2)
    back_office.change_product(order.terms.line.product_id, discount=0)
    assert (await work(ctx, clock, order)).state is OrderState.DELIVERED


@pytest.mark.contract("6.3b", "8b")
async def test_part_of_the_cards_is_handed_over_and_the_rest_follows(ctx, clock, back_office):
    back_office.arm("partial", deliver=3, then="complete")
    order = await work_until(ctx, clock, await approved(ctx, 8), OrderState.PARTIALLY_DELIVERED)
    assert len(codes_here(ctx, order)) == 3

    order = await work_until(ctx, clock, order, OrderState.DELIVERED)
    assert len(codes_here(ctx, order)) == 8


async def test_a_failed_order_says_that_the_vendor_refunds(ctx, clock, back_office):
    back_office.arm("fail")
    order = await work_until(ctx, clock, await approved(ctx, 8), OrderState.FAILED)
    problem = problem_line(order)
    assert problem is not None
    assert "refund" in problem


@pytest.mark.contract("9.2a")
async def test_a_bot_that_dies_while_buying_looks_the_order_up_when_it_is_back(ctx, clock, back_office):
    back_office.choose(reads="always")
    back_office.arm("delay-after", seconds=3)
    order = await approved(ctx, 2)
    buying = asyncio.create_task(submit_order(ctx, order))
    await until(lambda: bought(back_office, order))
    buying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await buying

    await recover_interrupted_orders(ctx)
    order = await work_until(ctx, clock, order, OrderState.DELIVERED)

    assert len(bought(back_office, order)) == 1


async def test_at_the_start_an_order_left_in_the_middle_is_looked_up(ctx, clock, back_office):
    order = await approved(ctx, 2)

    write(
        ctx,
        lambda tx: move_order(
            tx,
            order.id,
            OrderState.SUBMITTING,
            actor=Component("purchaser"),
            action=AuditAction.PURCHASE_INTENDED,
        ),
    )

    assert (await recover_interrupted_orders(ctx)) == 1
    assert saved(ctx).orders.get(order.id).state is OrderState.OUTCOME_UNKNOWN
    assert (await work_until(ctx, clock, order, OrderState.DELIVERED)).state is OrderState.DELIVERED
    assert len(bought(back_office, order)) == 1


async def test_the_codes_of_an_order_that_is_not_ours_are_kept_and_shown_to_nobody(ctx, clock, back_office):
    order = await approved(ctx, 2)
    theirs = await ctx.sells(order.terms).place(purchase_of(order))
    other = replace(theirs, quantity=3)

    order = await commit(ctx, order, Cause.SUBMITTED)
    left = await record_vendor_order(ctx, order, other, codes_were_readable=False)

    problem = problem_line(left)
    assert problem is not None
    assert "not the one we asked for" in problem
    assert saved(ctx).codes.masked_of_order(order.id) == list(theirs.deliverables)
    with pytest.raises(NoCodes):
        await request_codes(ctx, AGENT, order.id)


async def test_codes_are_shown_to_the_requester_only_and_every_time_is_on_record(ctx, clock):
    order = await work(ctx, clock, await approved(ctx, 2))

    await request_codes(ctx, AGENT, order.id)
    await request_codes(ctx, AGENT, None, order.client_reference.lower())
    with pytest.raises(NotPermitted):
        await request_codes(ctx, LEAD, order.id)

    assert actions(ctx, order)[-3:] == ["codes_requested", "codes_requested", "refused"]


async def test_no_code_is_readable_in_the_database_file(ctx, clock, tmp_path):
    order = await work(ctx, clock, await approved(ctx, 2))
    on_disk = b"".join(file.read_bytes() for file in tmp_path.iterdir())

    vouchers = saved(ctx).codes.of_order(order.id)
    assert vouchers
    for voucher in vouchers:
        for secret in voucher.secrets:
            if len(secret) > 4:  # a short PIN may stand anywhere by chance
                assert secret.encode() not in on_disk
