"""With this vendor at most one purchase is in flight: two alike could not be told apart."""

import asyncio

import pytest

from bot.domain.orders import OrderState
from bot.usecases.place_order import place_order
from bot.usecases.settle_order import adopt_orphans
from bot.workers.orders import order_worker
from tests.integration.cardpluspay_purchase.account import BUY
from tests.integration.cardpluspay_purchase.conftest import (
    approved,
    codes_here,
    knows_as_plain,
    opened_desk,
    worked_while,
)
from tests.integration.purchase.conftest import actions, work

S = OrderState


@pytest.mark.contract("cardpluspay 4e")
async def test_of_two_orders_at_once_the_second_waits_and_says_for_whom(desk, clock, account):
    first, second = await approved(desk, key="one"), await approved(desk, key="two")
    account.arm("delay-before", seconds=0.5)

    await asyncio.gather(place_order(desk, first.id), place_order(desk, second.id))

    states = {order.client_reference: desk.store.orders.get(order.id) for order in (first, second)}
    bought, waiting = sorted(states.values(), key=lambda order: order.state is S.APPROVED)
    assert (bought.state, waiting.state) == (S.DELIVERED, S.APPROVED)
    assert waiting.trouble == (
        f"It waits for {bought.client_reference}: this vendor's purchases are made one at a time."
    )
    assert len(account.orders()) == 1
    assert (await work(desk, clock, waiting)).state is S.DELIVERED
    assert codes_here(desk, bought) + codes_here(desk, waiting) == account.codes()


@pytest.mark.contract("cardpluspay 4e")
async def test_orders_that_are_worked_on_at_once_are_bought_one_after_the_other(desk, account):
    orders = [await approved(desk, quantity=1, key=f"order {n}") for n in range(4)]
    worker = order_worker(desk, "cardpluspay")
    desk.wake = worker.bell.ring
    loop = asyncio.create_task(worker.run())
    try:
        async with asyncio.timeout(60):
            while {desk.store.orders.get(order.id).state for order in orders} != {S.DELIVERED}:
                await asyncio.sleep(0.05)
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        await worker.stop(1)

    entries = account.asked(BUY)
    assert len(account.orders()) == len(entries) == 4
    shown = [code for order in orders for code in codes_here(desk, order)]
    assert sorted(shown) == sorted(account.codes())


@pytest.mark.contract("cardpluspay 4e")
async def test_while_nobody_knows_what_became_of_one_no_other_is_bought(desk, clock, account):
    await knows_as_plain(desk, clock)
    account.arm("drop-after")
    lost = await work(desk, clock, await approved(desk, key="lost"))
    waiting = await work(desk, clock, await approved(desk, key="waiting"), steps=2)
    assert lost.state is S.UNSETTLED
    assert waiting.state is S.APPROVED
    assert lost.client_reference in str(waiting.trouble)
    assert len(account.orders()) == 2

    lost = await work(desk, clock, lost)
    waiting = await work(desk, clock, waiting)

    assert (lost.state, waiting.state) == (S.DELIVERED, S.DELIVERED)
    assert codes_here(desk, lost) + codes_here(desk, waiting) == account.codes()[1:]


@pytest.mark.contract("cardpluspay 4a", "cardpluspay 4d")
async def test_a_bot_that_dies_while_buying_finds_its_purchase_when_it_is_back(
    desk, clock, account, client, tmp_path
):
    await knows_as_plain(desk, clock)
    account.arm("delay-after", seconds=0.7)
    order = await approved(desk)
    buying = asyncio.create_task(place_order(desk, order.id))
    async with asyncio.timeout(5):
        while len(account.orders()) == 1:
            await asyncio.sleep(0.02)
    desk.store.close()  # what follows is never written
    buying.cancel()
    await asyncio.gather(buying, return_exceptions=True)

    revived = opened_desk(tmp_path / "giftcard.sqlite3", clock, client)
    assert adopt_orphans(revived) == 1
    order = await worked_while(revived, clock, order, S.UNSETTLED)

    assert order.state is S.DELIVERED
    assert codes_here(revived, order) == account.codes()[1:]
    assert actions(revived, order).count("purchase_intended") == 1
    revived.store.close()
