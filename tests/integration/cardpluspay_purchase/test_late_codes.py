"""Codes that come after the purchase, in part, or never."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.reconciliation import FindingKind as Found
from bot.services.escalate_order import escalate_order
from bot.services.notifications import OutboxKind
from bot.services.problem_text import problem_line
from bot.services.reconcile_purchases import reconcile_purchases
from tests.support.cardpluspay_orders import (
    EARLIER,
    PLAIN,
    PLAIN_PRICE,
    STEAM,
    TARGET,
    approved,
    codes_here,
    knows_as_plain,
    worked_while,
)
from tests.support.orders import sent, work

S = OrderState


@pytest.mark.contract("cardpluspay 3a", "cardpluspay 3b", "cardpluspay G14")
@pytest.mark.parametrize(
    "late", [{"late_delivery": "seconds", "late_by": 60}, {"late_delivery": "polls", "late_by": 2}]
)
@pytest.mark.parametrize("unready", ["empty", "null", "absent"])
async def test_late_codes_are_polled_for_and_delivered(ctx, clock, account, late, unready):
    await knows_as_plain(ctx, clock)
    account.choose(**late, unready_codes=unready)

    order = await work(ctx, clock, await approved(ctx))
    assert order.state is S.PURCHASED
    assert codes_here(ctx, order) == []
    order = await worked_while(ctx, clock, order, S.PURCHASED)

    assert order.state is S.DELIVERED
    assert codes_here(ctx, order) == account.codes()[EARLIER:]
    assert len(account.orders()) == 2


@pytest.mark.contract("cardpluspay G12", "cardpluspay G14")
@pytest.mark.parametrize(("reads", "state"), [("full", S.DELIVERED), ("sampled", S.CODES_UNAVAILABLE)])
async def test_late_codes_with_pins_are_delivered_only_with_their_pins(ctx, clock, account, reads, state):
    account.choose(late_delivery="seconds", late_by=5, codes_on_read=reads)

    order = await work(ctx, clock, await approved(ctx, TARGET))
    order = await worked_while(ctx, clock, order, S.PURCHASED)

    assert order.state is state
    assert codes_here(ctx, order) == (account.codes() if state is S.DELIVERED else [])


@pytest.mark.contract("cardpluspay G25", "cardpluspay 3b")
@pytest.mark.parametrize("word", ["processing", "failed", "cancelled", "refunded", "on hold", "COMPLETED?"])
async def test_no_word_for_a_status_is_taken_for_a_failure(ctx, clock, account, word):
    await knows_as_plain(ctx, clock)
    account.arm("stall", status=word)
    order = await work(ctx, clock, await approved(ctx))
    order = await work(ctx, clock, order, steps=5)
    assert order.state is S.PURCHASED

    account.deliver(account.orders()[-1]["order_id"])
    order = await work(ctx, clock, order)

    assert order.state is S.DELIVERED


@pytest.mark.contract("cardpluspay G25", "cardpluspay G26", "cardpluspay 5a")
async def test_an_order_that_failed_after_it_was_paid_is_called_to_mind_and_never_bought_again(
    ctx, clock, account
):
    await reconcile_purchases(ctx, ctx.vendor("cardpluspay"))
    account.arm("fail")
    order = await work(ctx, clock, await approved(ctx))
    clock.advance(timedelta(minutes=61))
    order = await work(ctx, clock, order)

    assert order.state is S.PURCHASED
    await escalate_order(ctx, order.id)
    assert sent(ctx, clock, OutboxKind.APPROVER_ALERT) == [{"event": "overdue"}]
    account.refund(account.only_order()["order_id"])
    report = await reconcile_purchases(ctx, ctx.vendor("cardpluspay"))
    assert [finding.kind for finding in report.findings] == [Found.BALANCE_ROSE]
    assert len(account.orders()) == 1


@pytest.mark.contract("cardpluspay G24")
@pytest.mark.parametrize("item", [TARGET, PLAIN])
async def test_fewer_codes_are_handed_over_and_the_rest_follows(ctx, clock, account, item):
    account.choose(codes_on_read="full")
    account.arm("fewer-codes", deliver=1, then="complete", seconds=20)

    order = await work(ctx, clock, await approved(ctx, item, 3))
    assert order.state is S.PARTIALLY_DELIVERED
    assert codes_here(ctx, order) == account.codes()
    order = await worked_while(ctx, clock, order, S.PARTIALLY_DELIVERED)

    assert order.state is S.DELIVERED
    assert codes_here(ctx, order) == account.codes()
    assert len(account.codes()) == 3


@pytest.mark.contract("cardpluspay G24", "cardpluspay 2.4b")
async def test_fewer_codes_that_are_charged_for_what_came_are_on_record_with_what_was_charged(
    ctx, clock, account
):
    account.arm("fewer-codes", deliver=2, charge="delivered")

    order = await work(ctx, clock, await approved(ctx, PLAIN, 3))

    assert order.state is S.PARTIALLY_DELIVERED
    assert Decimal(account.only_order()["amount"]) == 2 * PLAIN_PRICE
    assert {"event": "charge_mismatch"} in sent(ctx, clock, OutboxKind.APPROVER_ALERT)


@pytest.mark.contract("cardpluspay G24", "cardpluspay 3b")
async def test_an_order_called_completed_without_a_code_waits_for_its_codes(ctx, clock, account):
    account.choose(codes_on_read="full")
    account.arm("fewer-codes", deliver=0)
    order = await work(ctx, clock, await approved(ctx, TARGET))
    order = await work(ctx, clock, order, steps=3)
    assert order.state in {S.PURCHASED, S.CODES_UNAVAILABLE}

    account.deliver(account.only_order()["order_id"])
    order = await work(ctx, clock, order)

    assert order.state is S.DELIVERED
    assert codes_here(ctx, order) == account.codes()


@pytest.mark.contract("cardpluspay G12", "cardpluspay 2.4c")
async def test_of_a_product_with_pins_on_some_cards_the_rest_is_held_back_where_reads_hide_them(
    ctx, clock, account
):
    await work(ctx, clock, await approved(ctx, STEAM, 2, key="earlier"))  # one of the two has a PIN
    account.arm("fewer-codes", deliver=1, then="complete", seconds=5)

    order = await work(ctx, clock, await approved(ctx, STEAM, 2))
    order = await work(ctx, clock, order, steps=4)

    assert order.state is S.CODES_UNAVAILABLE
    assert "PIN" in str(problem_line(order))
    assert len(codes_here(ctx, order)) == 1
