"""The daily reconciliation against an account that keeps no statement."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.reconciliation import FindingKind as Found
from bot.services.notifications import OutboxKind
from bot.services.reconcile_purchases import last_reconciled_at, reconcile_purchases
from bot.vendors.contract import VendorError
from tests.support.app_context import opened_context
from tests.support.cardpluspay_account import BALANCE, LIST
from tests.support.cardpluspay_orders import (
    LIMITS,
    PLAIN,
    STEAM,
    TARGET,
    approved,
    knows_as_plain,
    worked_while,
)
from tests.support.orders import sent, work

S = OrderState


async def matched(ctx):
    return await reconcile_purchases(ctx, ctx.vendor("cardpluspay"))


async def found(ctx):
    return [finding.kind for finding in (await matched(ctx)).findings]


@pytest.fixture(autouse=True)
async def first_match(ctx, clock):
    """The bot has been here since yesterday."""
    assert await found(ctx) == []
    clock.advance(timedelta(minutes=20))


@pytest.mark.contract("cardpluspay 2.6a", "cardpluspay 2.7a", "cardpluspay 1.7a", "cardpluspay 1.4c")
async def test_nothing_is_found_after_orders_of_every_kind(ctx, clock, account):
    await knows_as_plain(ctx, clock)
    await work(ctx, clock, await approved(ctx, TARGET, 3, key="target"))
    account.arm("pending", seconds=30)
    late = await work(ctx, clock, await approved(ctx, key="late"))
    await worked_while(ctx, clock, late, S.PURCHASED)
    account.arm("drop-after")
    lost = await work(ctx, clock, await approved(ctx, key="lost"))
    await work(ctx, clock, lost)
    account.arm("out-of-stock", on="POST /v1/orders")
    await work(ctx, clock, await approved(ctx, key="refused"))
    clock.advance(timedelta(seconds=1))

    report = await matched(ctx)

    assert report.findings == ()
    assert (report.orders_here, report.orders_there) == (5, 4)
    assert report.checkpoint.spent.amount == account.spent()
    assert sent(ctx, clock, OutboxKind.RECONCILIATION) == []


@pytest.mark.contract("cardpluspay 2.7b", "cardpluspay G13")
@pytest.mark.parametrize("entries", ["dated", "sampled"])
async def test_a_purchase_somebody_made_on_the_dashboard_is_reported(ctx, clock, account, entries):
    account.choose(list_entries=entries)
    theirs = account.buys_by_hand(STEAM, 3)

    report = await matched(ctx)

    (finding,) = report.findings
    assert (finding.kind, finding.vendor_order_id) == (Found.UNKNOWN_ORDER, str(theirs["order_id"]))
    assert theirs["amount"] in finding.message
    assert sent(ctx, clock, OutboxKind.RECONCILIATION) == [
        {"vendor": "CardPlusPay", "findings": [finding.message], "found": 1}
    ]


@pytest.mark.contract("cardpluspay G13")
@pytest.mark.parametrize("entries", ["dated", "sampled"])
async def test_what_was_bought_before_this_bot_existed_is_left_out_for_ever(
    tmp_path, clock, account, client, entries
):
    account.choose(list_entries=entries)
    old = account.buys_by_hand(STEAM, 3)
    clock.advance(timedelta(hours=1))
    ctx = opened_context(tmp_path / "another.sqlite3", clock, client, limits=LIMITS)

    assert await found(ctx) == []
    clock.advance(timedelta(days=2))
    assert await found(ctx) == []
    account.buys_by_hand(TARGET)
    assert await found(ctx) == [Found.UNKNOWN_ORDER]
    assert len(account.asked(f"GET /v1/orders/{old['order_id']}")) == (1 if entries == "sampled" else 0)
    ctx.store.close()


@pytest.mark.contract("cardpluspay 2.7b")
async def test_a_top_up_is_told_once(ctx, account):
    account.top_up("100.00")

    report = await matched(ctx)

    (finding,) = report.findings
    assert finding.kind is Found.BALANCE_ROSE
    assert "USD 100.00 came into the account" in finding.message
    assert await found(ctx) == []


@pytest.mark.contract("cardpluspay 5a", "cardpluspay G26")
async def test_a_refund_is_money_that_came_in_whatever_the_order_says(ctx, clock, account):
    order = await work(ctx, clock, await approved(ctx))
    clock.advance(timedelta(seconds=1))
    assert await found(ctx) == []

    account.refund(int(str(order.vendor_order_id)), "19.33")

    report = await matched(ctx)
    (finding,) = report.findings
    assert finding.kind is Found.BALANCE_ROSE
    assert "USD 19.33" in finding.message


@pytest.mark.contract("cardpluspay 2.7b")
async def test_money_that_left_for_no_order_is_found_also_beside_an_order_of_ours(ctx, clock, account):
    await work(ctx, clock, await approved(ctx))
    account.withdraw("5.00")
    clock.advance(timedelta(seconds=1))

    report = await matched(ctx)

    (finding,) = report.findings
    assert finding.kind is Found.UNKNOWN_DEBIT
    assert "USD 5.00 left the account" in finding.message


async def test_an_order_of_ours_that_the_vendor_does_not_list_is_found(ctx, clock, account):
    account.arm("list-lag", seconds=100_000)
    order = await work(ctx, clock, await approved(ctx))
    clock.advance(timedelta(seconds=1))

    report = await matched(ctx)

    kinds = {finding.kind for finding in report.findings}
    assert kinds == {Found.MISSING_ORDER, Found.UNKNOWN_DEBIT}
    assert order.client_reference in {finding.client_reference for finding in report.findings}


@pytest.mark.contract("cardpluspay G31")
async def test_an_order_that_was_charged_otherwise_than_quoted_is_found(ctx, clock, account):
    account.arm("price-change", percent=5)
    await work(ctx, clock, await approved(ctx))
    clock.advance(timedelta(seconds=1))

    assert await found(ctx) == [Found.AMOUNT_DIFFERS]


async def test_while_a_purchase_is_under_way_the_balance_waits_for_the_next_match(ctx, clock, account):
    await knows_as_plain(ctx, clock)
    account.arm("drop-after")
    lost = await work(ctx, clock, await approved(ctx, key="lost"))

    report = await matched(ctx)
    assert (report.findings, report.checkpoint) == ((), None)
    await work(ctx, clock, lost)
    clock.advance(timedelta(seconds=1))

    report = await matched(ctx)
    assert report.findings == ()
    assert report.checkpoint.spent.amount == account.spent()


@pytest.mark.contract("cardpluspay 1.7b", "cardpluspay G3", "cardpluspay G4")
async def test_lists_longer_than_a_page_are_read_to_their_end(ctx, clock, account):
    await work(ctx, clock, await approved(ctx))
    for _ in range(100):
        account.buys_by_hand(STEAM)
    clock.advance(timedelta(seconds=1))

    report = await matched(ctx)

    assert report.orders_there == 101
    assert {finding.kind for finding in report.findings} == {Found.UNKNOWN_ORDER}
    assert report.checkpoint.spent.amount == account.spent()


@pytest.mark.contract("cardpluspay G3")
async def test_a_list_of_which_only_the_first_page_can_be_had_proves_nothing(ctx, clock, account):
    before = await last_reconciled_at(ctx, ctx.vendor("cardpluspay"))
    await work(ctx, clock, await approved(ctx))
    for _ in range(100):
        account.buys_by_hand(STEAM)
    account.choose(pages="ignored")

    with pytest.raises(VendorError):
        await matched(ctx)

    assert await last_reconciled_at(ctx, ctx.vendor("cardpluspay")) == before


@pytest.mark.parametrize("book", [LIST, BALANCE])
async def test_half_a_list_proves_nothing(ctx, clock, account, book):
    before = await last_reconciled_at(ctx, ctx.vendor("cardpluspay"))
    account.arm("error", on=book, status=500, times=0)

    with pytest.raises(VendorError):
        await matched(ctx)

    assert await last_reconciled_at(ctx, ctx.vendor("cardpluspay")) == before


@pytest.mark.contract("cardpluspay 1.4c", "cardpluspay G21")
async def test_every_amount_is_in_the_accounts_currency(ctx, clock, account):
    await work(ctx, clock, await approved(ctx))

    (listed,) = [each async for page in ctx.vendor("cardpluspay").orders() for each in page]

    assert listed.charge.currency == "USD"
    assert listed.charge.amount == Decimal(account.only_order()["debited"])
    assert account.only_order()["item_code"] == PLAIN
