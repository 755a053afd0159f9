"""Codes that come after the purchase, in part, or never."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.matching import Kind as Found
from bot.domain.orders import OrderState
from bot.usecases.match_purchases import match_purchases
from bot.usecases.notices import Kind
from bot.usecases.raise_alarm import raise_alarm
from tests.integration.cardpluspay_purchase.conftest import (
    PLAIN,
    PLAIN_PRICE,
    STEAM,
    TARGET,
    approved,
    codes_here,
    knows_as_plain,
    worked_while,
)
from tests.integration.purchase.conftest import sent, work

S = OrderState


@pytest.mark.contract("cardpluspay 3a", "cardpluspay 3b", "cardpluspay G14")
@pytest.mark.parametrize(
    "late", [{"late_delivery": "seconds", "late_by": 60}, {"late_delivery": "polls", "late_by": 2}]
)
@pytest.mark.parametrize("unready", ["empty", "null", "absent"])
async def test_late_codes_are_polled_for_and_delivered(desk, clock, account, late, unready):
    await knows_as_plain(desk, clock)
    account.choose(**late, unready_codes=unready)

    order = await work(desk, clock, await approved(desk))
    assert order.state is S.PLACED
    assert codes_here(desk, order) == []
    order = await worked_while(desk, clock, order, S.PLACED)

    assert order.state is S.DELIVERED
    assert codes_here(desk, order) == account.codes()[1:]
    assert len(account.orders()) == 2


@pytest.mark.contract("cardpluspay G12", "cardpluspay G14")
@pytest.mark.parametrize(("reads", "state"), [("full", S.DELIVERED), ("sampled", S.CODES_MISSING)])
async def test_late_codes_with_pins_are_delivered_only_with_their_pins(desk, clock, account, reads, state):
    account.choose(late_delivery="seconds", late_by=5, codes_on_read=reads)

    order = await work(desk, clock, await approved(desk, TARGET))
    order = await worked_while(desk, clock, order, S.PLACED)

    assert order.state is state
    assert codes_here(desk, order) == (account.codes() if state is S.DELIVERED else [])


@pytest.mark.contract("cardpluspay G25", "cardpluspay 3b")
@pytest.mark.parametrize("word", ["processing", "failed", "cancelled", "refunded", "on hold", "COMPLETED?"])
async def test_no_word_for_a_status_is_taken_for_a_failure(desk, clock, account, word):
    await knows_as_plain(desk, clock)
    account.arm("stall", status=word)
    order = await work(desk, clock, await approved(desk))
    order = await work(desk, clock, order, steps=5)
    assert order.state is S.PLACED

    account.deliver(account.orders()[-1]["order_id"])
    order = await work(desk, clock, order)

    assert order.state is S.DELIVERED


@pytest.mark.contract("cardpluspay G25", "cardpluspay G26", "cardpluspay 5a")
async def test_an_order_that_failed_after_it_was_paid_is_called_to_mind_and_never_bought_again(
    desk, clock, account
):
    await match_purchases(desk, desk.provider("cardpluspay"))
    account.arm("fail")
    order = await work(desk, clock, await approved(desk))
    clock.advance(timedelta(minutes=31))
    order = await work(desk, clock, order)

    assert order.state is S.PLACED
    await raise_alarm(desk, order.id)
    assert sent(desk, clock, Kind.ALARM) == [{"event": "overdue"}]
    account.refund(account.only_order()["order_id"])
    report = await match_purchases(desk, desk.provider("cardpluspay"))
    assert [finding.kind for finding in report.findings] == [Found.BALANCE_ROSE]
    assert len(account.orders()) == 1


@pytest.mark.contract("cardpluspay G24")
@pytest.mark.parametrize("item", [TARGET, PLAIN])
async def test_fewer_codes_are_handed_over_and_the_rest_follows(desk, clock, account, item):
    account.choose(codes_on_read="full")
    account.arm("fewer-codes", deliver=1, then="complete", seconds=20)

    order = await work(desk, clock, await approved(desk, item, 3))
    assert order.state is S.PARTLY_DELIVERED
    assert codes_here(desk, order) == account.codes()
    order = await worked_while(desk, clock, order, S.PARTLY_DELIVERED)

    assert order.state is S.DELIVERED
    assert codes_here(desk, order) == account.codes()
    assert len(account.codes()) == 3


@pytest.mark.contract("cardpluspay G24", "cardpluspay 2.4b")
async def test_fewer_codes_that_are_charged_for_what_came_are_on_record_with_what_was_charged(
    desk, clock, account
):
    account.arm("fewer-codes", deliver=2, charge="delivered")

    order = await work(desk, clock, await approved(desk, PLAIN, 3))

    assert order.state is S.PARTLY_DELIVERED
    assert Decimal(account.only_order()["amount"]) == 2 * PLAIN_PRICE
    assert {"event": "charged_otherwise"} in sent(desk, clock, Kind.ALARM)


@pytest.mark.contract("cardpluspay G24", "cardpluspay 3b")
async def test_an_order_called_completed_without_a_code_waits_for_its_codes(desk, clock, account):
    account.choose(codes_on_read="full")
    account.arm("fewer-codes", deliver=0)
    order = await work(desk, clock, await approved(desk, TARGET))
    order = await work(desk, clock, order, steps=3)
    assert order.state in {S.PLACED, S.CODES_MISSING}

    account.deliver(account.only_order()["order_id"])
    order = await work(desk, clock, order)

    assert order.state is S.DELIVERED
    assert codes_here(desk, order) == account.codes()


@pytest.mark.contract("cardpluspay G12", "cardpluspay 2.4c")
async def test_of_a_product_with_pins_on_some_cards_the_rest_is_held_back_where_reads_hide_them(
    desk, clock, account
):
    await work(desk, clock, await approved(desk, STEAM, 2, key="earlier"))  # one of the two has a PIN
    account.arm("fewer-codes", deliver=1, then="complete", seconds=5)

    order = await work(desk, clock, await approved(desk, STEAM, 2))
    order = await work(desk, clock, order, steps=4)

    assert order.state is S.CODES_MISSING
    assert "PIN" in str(order.trouble)
    assert len(codes_here(desk, order)) == 1
