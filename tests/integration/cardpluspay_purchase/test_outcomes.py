"""What each answer to a purchase means, by the table of outcomes: bought, not bought, or not known."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.money import Money
from bot.services.notifications import OutboxKind
from bot.services.problem_text import problem_line
from tests.support.app_context import opened_context
from tests.support.cardpluspay_account import BUY, CHECK, LIST, in_short
from tests.support.cardpluspay_orders import (
    EARLIER,
    LIMITS,
    PLAIN,
    PLAIN_PRICE,
    approved,
    codes_here,
    knows_as_plain,
    worked_while,
)
from tests.support.orders import actions, sent, work
from tests.support.waiting import until

S = OrderState
LOST = [
    ("drop-after", {}),
    ("truncate", {}),
    ("delay-after", {"seconds": 3}),
    ("error", {"status": 500, "when": "after"}),
    ("error", {"status": 503, "when": "after"}),
    ("error", {"status": 502, "body": "html", "when": "after"}),
    ("error", {"status": 504, "body": "html", "when": "after"}),
    ("error", {"status": 403, "body": "html", "when": "after"}),
    ("error", {"status": 409, "when": "after"}),
    ("error", {"status": 200, "when": "after"}),
]
NEVER_MADE = [
    ("drop-before", {}),
    ("error", {"status": 500}),
    ("error", {"status": 502, "body": "html"}),
    ("error", {"status": 200}),
]


@pytest.mark.contract("cardpluspay 4b", "cardpluspay 4d", "cardpluspay G30", "cardpluspay 1.3c")
@pytest.mark.parametrize(("fault", "options"), LOST, ids=in_short)
async def test_a_purchase_whose_answer_was_lost_is_found_and_never_made_again(
    ctx, clock, account, fault, options
):
    await knows_as_plain(ctx, clock)
    account.arm(fault, **options)

    order = await work(ctx, clock, await approved(ctx))
    assert order.state is S.OUTCOME_UNKNOWN
    order = await work(ctx, clock, order)

    assert order.state is S.DELIVERED
    assert codes_here(ctx, order) == account.codes()[EARLIER:]
    assert len(account.orders()) == 2
    assert actions(ctx, order).count("purchase_intended") == 1


@pytest.mark.contract("cardpluspay 4b", "cardpluspay 4d")
@pytest.mark.parametrize(("fault", "options"), NEVER_MADE, ids=in_short)
async def test_a_purchase_that_was_never_made_is_made_anew_once_after_the_grace(
    ctx, clock, account, fault, options
):
    account.arm(fault, **options)
    order = await work(ctx, clock, await approved(ctx))
    sent_at = clock()
    assert order.state is S.OUTCOME_UNKNOWN

    order = await worked_while(ctx, clock, order, S.OUTCOME_UNKNOWN)
    assert order.state is S.APPROVED
    assert clock() - sent_at >= timedelta(minutes=ctx.policy.purchases.grace_minutes - 1)
    assert account.orders() == []
    order = await work(ctx, clock, order)

    assert order.state is S.DELIVERED
    assert codes_here(ctx, order) == [(c["code"], None) for c in account.only_order()["codes"]]
    assert actions(ctx, order)[-4:] == [
        "outcome_unknown",
        "proven_not_created",
        "purchase_intended",
        "delivered",
    ]


@pytest.mark.contract("cardpluspay 4b")
async def test_a_purchase_that_is_made_long_after_we_gave_it_up_is_found(ctx, clock, account):
    await knows_as_plain(ctx, clock)
    account.arm("commit-late", seconds=1)

    order = await work(ctx, clock, await approved(ctx))
    assert order.state is S.OUTCOME_UNKNOWN
    assert len(account.orders()) == 1
    order = await work(ctx, clock, order, steps=2)
    assert order.state is S.OUTCOME_UNKNOWN
    await until(lambda: len(account.orders()) == 2)
    order = await work(ctx, clock, order)

    assert order.state is S.DELIVERED
    assert len(account.asked(BUY)) == 2


@pytest.mark.contract("cardpluspay 4b")
async def test_a_purchase_that_lands_after_the_grace_is_taken_instead_of_a_second_one(ctx, clock, account):
    await knows_as_plain(ctx, clock)
    account.arm("drop-before")
    order = await work(ctx, clock, await approved(ctx))
    order = await worked_while(ctx, clock, order, S.OUTCOME_UNKNOWN)
    assert order.state is S.APPROVED

    account.buys_elsewhere(PLAIN, 2)  # for the vendor, that is our request at last
    order = await work(ctx, clock, order)

    assert order.state is S.DELIVERED
    assert codes_here(ctx, order) == account.codes()[EARLIER:]
    assert len(account.orders()) == 2


async def test_a_look_that_gets_no_answer_proves_nothing(ctx, clock, account):
    account.arm("drop-before")
    order = await work(ctx, clock, await approved(ctx))
    account.arm("error", on=LIST, status=500, times=0)

    order = await work(ctx, clock, order, steps=2)

    assert order.state is S.OUTCOME_UNKNOWN
    assert actions(ctx, order).count("purchase_intended") == 1


@pytest.mark.contract("cardpluspay 1.8a", "cardpluspay G17", "cardpluspay 4c")
@pytest.mark.parametrize(("header", "pause_s"), [("yes", 2), ("no", 1)])
async def test_a_rate_limit_is_waited_out_and_the_approval_stands(ctx, clock, account, header, pause_s):
    account.arm("rate-limited", seconds=2, header=header)

    order = await work(ctx, clock, await approved(ctx))
    assert order.state is S.APPROVED
    assert order.next_at - clock() >= timedelta(seconds=pause_s - 1)
    assert account.orders() == []
    order = await work(ctx, clock, order)

    assert order.state is S.DELIVERED
    assert len(account.orders()) == 1


@pytest.mark.contract("cardpluspay 4c", "cardpluspay 2.7b")
@pytest.mark.parametrize(
    ("fault", "options"), [("rate-limited", {"seconds": 0.1}), ("error", {"status": 403})]
)
async def test_what_happens_after_a_purchase_that_surely_was_not_sent_does_not_matter(
    ctx, clock, account, fault, options
):
    account.arm(fault, **options)
    order = await work(ctx, clock, await approved(ctx))
    assert order.state is S.APPROVED
    account.top_up("100.00")
    account.buys_by_hand(PLAIN, 2)  # just what we wanted to buy

    order = await work(ctx, clock, order)

    assert order.state is S.DELIVERED
    assert order.vendor_order_id == str(account.orders()[-1]["order_id"])
    assert len(account.orders()) == 2


@pytest.mark.contract("cardpluspay 4b", "cardpluspay 4d")
async def test_a_lost_purchase_that_lands_while_a_later_attempt_is_not_sent_is_still_found(
    ctx, clock, account
):
    await knows_as_plain(ctx, clock)
    account.arm("drop-before")
    order = await work(ctx, clock, await approved(ctx))
    order = await worked_while(ctx, clock, order, S.OUTCOME_UNKNOWN)
    account.arm("rate-limited", seconds=0.1)
    order = await work(ctx, clock, order)
    assert order.state is S.APPROVED

    account.buys_elsewhere(PLAIN, 2)  # the lost one, at last
    order = await work(ctx, clock, order)

    assert order.state is S.DELIVERED
    assert len(account.orders()) == 2


@pytest.mark.contract("cardpluspay 1.2a", "cardpluspay 4c")
async def test_a_key_that_was_switched_off_stops_purchases_tells_people_and_spends_nothing(
    ctx, clock, account
):
    order = await approved(ctx)
    account.arm(
        "error", on=BUY, status=403
    )  # not documented, and as good as a 401 with the vendor's envelope
    order = await work(ctx, clock, order)
    assert order.state is S.APPROVED
    account.change(active=False)

    order = await work(ctx, clock, order)

    assert order.state is S.APPROVED
    assert sent(ctx, clock, OutboxKind.APPROVER_ALERT) == [{"event": "access_denied"}]
    account.change(active=True)
    assert (await work(ctx, clock, order)).state is S.DELIVERED
    assert len(account.orders()) == 1


@pytest.mark.contract("cardpluspay 2.4d", "cardpluspay 4c", "cardpluspay 1.9a", "cardpluspay 1.3b")
async def test_an_empty_account_refuses_for_want_of_funds_and_stock_that_is_gone_for_want_of_stock(
    ctx, clock, account
):
    poor = await approved(ctx, key="poor")
    account.change(balance="1.00")
    poor = await work(ctx, clock, poor)
    account.change(balance="5000.00")
    late = await approved(ctx, key="late")
    account.arm("out-of-stock", on=CHECK)
    late = await work(ctx, clock, late)
    gone = await approved(ctx, key="gone")
    account.arm("out-of-stock", on=BUY)
    gone = await work(ctx, clock, gone)

    assert [order.state for order in (poor, late, gone)] == [S.REFUSED] * 3
    assert "topped up" in str(problem_line(poor))
    assert "in stock" in str(problem_line(late))
    assert "out of stock" in str(problem_line(gone))
    assert account.orders() == []


@pytest.mark.contract("cardpluspay 1.9b", "cardpluspay G6", "cardpluspay 4c")
@pytest.mark.parametrize("status", [400, 404])
async def test_an_item_that_vanished_is_refused_however_that_is_told(ctx, clock, account, status):
    account.choose(unknown_item_on_create=status)
    account.arm("vanish", on=BUY)

    order = await work(ctx, clock, await approved(ctx))

    assert order.state is S.REFUSED
    assert account.orders() == []


async def test_a_vendor_that_cannot_be_reached_is_tried_again_later(
    tmp_path, ctx, clock, account, closed_port
):
    order = await approved(ctx)
    ctx.store.close()
    unreachable = account.client(clock=clock, base_url=f"http://127.0.0.1:{closed_port}/v1")
    ctx = opened_context(tmp_path / "giftcard.sqlite3", clock, unreachable, limits=LIMITS)

    order = await work(ctx, clock, order)

    assert order.state is S.APPROVED
    assert "cannot be reached" in str(problem_line(order))
    ctx.store.close()


@pytest.mark.contract("cardpluspay G31", "cardpluspay G28")
async def test_a_price_that_moved_between_check_and_purchase_is_on_record_and_the_channel_is_told(
    ctx, clock, account
):
    account.arm("price-change", on=BUY, percent=10)

    order = await work(ctx, clock, await approved(ctx))

    charged = Decimal(account.only_order()["amount"])
    assert order.state is S.DELIVERED
    assert order.expected_debit == Money(2 * PLAIN_PRICE, "USD")
    assert charged > 2 * PLAIN_PRICE
    assert f"charged {Money(charged, 'USD')}" in str(problem_line(order))
    assert "charge_mismatch" in actions(ctx, order)
    assert {"event": "charge_mismatch"} in sent(ctx, clock, OutboxKind.APPROVER_ALERT)


@pytest.mark.contract("cardpluspay 2.3a")
async def test_a_price_that_rose_before_the_check_goes_back_to_the_approvers(ctx, clock, account):
    order = await approved(ctx)
    account.arm("price-change", on=CHECK, percent=10)

    order = await work(ctx, clock, order)

    assert order.state is S.PENDING_APPROVAL
    assert str(order.charge) in str(problem_line(order))
    assert account.asked(BUY) == []
