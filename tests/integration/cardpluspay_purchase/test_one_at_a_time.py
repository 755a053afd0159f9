"""With this vendor at most one purchase is in flight: two alike could not be told apart."""

import asyncio

import pytest

from bot.domain.lifecycle import OrderState
from bot.services.problem_text import problem_line
from bot.services.purchase.recover import recover_interrupted_orders
from bot.services.purchase.submit import submit_order
from bot.workers.orders import order_worker
from tests.support.app_context import opened_context
from tests.support.at_once import saved
from tests.support.cardpluspay_account import BUY
from tests.support.cardpluspay_orders import (
    EARLIER,
    LIMITS,
    approved,
    codes_here,
    knows_as_plain,
    worked_while,
)
from tests.support.orders import actions, work
from tests.support.waiting import until

S = OrderState


@pytest.mark.contract("cardpluspay 4e")
async def test_of_two_orders_at_once_the_second_waits_and_says_for_whom(ctx, clock, account):
    first, second = await approved(ctx, key="one"), await approved(ctx, key="two")
    account.arm("delay-before", seconds=0.5)

    await asyncio.gather(submit_order(ctx, first), submit_order(ctx, second))

    states = {order.client_reference: saved(ctx).orders.get(order.id) for order in (first, second)}
    bought, waiting = sorted(states.values(), key=lambda order: order.state is S.APPROVED)
    assert (bought.state, waiting.state) == (S.DELIVERED, S.APPROVED)
    assert problem_line(waiting) == (
        f"It waits for {bought.client_reference}: this vendor's purchases are made one at a time."
    )
    assert len(account.orders()) == 1
    assert (await work(ctx, clock, waiting)).state is S.DELIVERED
    assert codes_here(ctx, bought) + codes_here(ctx, waiting) == account.codes()


@pytest.mark.contract("cardpluspay 4e")
async def test_orders_that_are_worked_on_at_once_are_bought_one_after_the_other(ctx, account):
    orders = [await approved(ctx, quantity=1, key=f"order {n}") for n in range(4)]
    worker = order_worker(ctx, "cardpluspay")
    ctx.runtime.wake = worker.wake_event.set
    loop = asyncio.create_task(worker.run())
    try:
        await until(
            lambda: {saved(ctx).orders.get(order.id).state for order in orders} == {S.DELIVERED}, within_s=60
        )
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        await worker.stop(1)

    entries = account.asked(BUY)
    assert len(account.orders()) == len(entries) == 4
    shown = [code for order in orders for code in codes_here(ctx, order)]
    assert sorted(shown) == sorted(account.codes())


@pytest.mark.contract("cardpluspay 4e")
async def test_while_nobody_knows_what_became_of_one_no_other_is_bought(ctx, clock, account):
    await knows_as_plain(ctx, clock)
    account.arm("drop-after")
    lost = await work(ctx, clock, await approved(ctx, key="lost"))
    waiting = await work(ctx, clock, await approved(ctx, key="waiting"), steps=2)
    assert lost.state is S.OUTCOME_UNKNOWN
    assert waiting.state is S.APPROVED
    assert lost.client_reference in str(problem_line(waiting))
    assert len(account.orders()) == 2

    lost = await work(ctx, clock, lost)
    waiting = await work(ctx, clock, waiting)

    assert (lost.state, waiting.state) == (S.DELIVERED, S.DELIVERED)
    assert codes_here(ctx, lost) + codes_here(ctx, waiting) == account.codes()[EARLIER:]


@pytest.mark.contract("cardpluspay 4a", "cardpluspay 4d")
async def test_a_bot_that_dies_while_buying_finds_its_purchase_when_it_is_back(
    ctx, clock, account, client, tmp_path
):
    await knows_as_plain(ctx, clock)
    account.arm("delay-after", seconds=0.7)
    order = await approved(ctx)
    buying = asyncio.create_task(submit_order(ctx, order))
    await until(lambda: len(account.orders()) == 2)
    ctx.store.close()  # what follows is never written
    buying.cancel()
    await asyncio.gather(buying, return_exceptions=True)

    revived = opened_context(tmp_path / "giftcard.sqlite3", clock, client, limits=LIMITS)
    assert (await recover_interrupted_orders(revived)) == 1
    order = await worked_while(revived, clock, order, S.OUTCOME_UNKNOWN)

    assert order.state is S.DELIVERED
    assert codes_here(revived, order) == account.codes()[EARLIER:]
    assert actions(revived, order).count("purchase_intended") == 1
    revived.store.close()
