"""An hour back, by a wrong NTP server or a hand: nothing waits until it is that late again."""

import asyncio
from datetime import timedelta

from bot.domain.orders import OrderState
from tests.integration.bad_luck.conftest import PATIENCE_S, until, working
from tests.integration.purchase.conftest import approved, ask, bought, work

_BACK = timedelta(hours=-1)


async def test_an_unsettled_order_is_looked_up_although_its_time_lies_an_hour_ahead(desk, clock, office):
    office.choose(lost_answers_reveal=False)
    office.arm("drop-after")
    order = await work(desk, clock, await approved(desk, 2))
    assert order.state is OrderState.UNSETTLED

    async with working(desk):
        clock.advance(_BACK)
        await until(desk, order, OrderState.DELIVERED)

    assert len(bought(office, order)) == 1
    assert desk.store.audit.verify().ok


async def test_the_same_holds_when_the_clock_went_back_while_the_bot_was_stopped(desk, clock, office):
    office.choose(lost_answers_reveal=False)
    office.arm("drop-after")
    order = await work(desk, clock, await approved(desk, 2))

    clock.advance(_BACK)
    async with working(desk):
        await until(desk, order, OrderState.DELIVERED)

    assert len(bought(office, order)) == 1


async def test_a_message_that_was_to_be_sent_an_hour_ahead_is_sent_now(desk, clock):
    await ask(desk)
    rows = desk.store.outbox.due(clock())
    with desk.store.transaction():
        for row in rows:
            desk.store.outbox.failed(row.id, "Slack was busy", clock() + timedelta(seconds=30))

    clock.advance(_BACK)
    async with working(desk), asyncio.timeout(PATIENCE_S):
        while {row.id for row in desk.store.outbox.due(clock())} != {row.id for row in rows}:
            await asyncio.sleep(0.05)


async def test_a_request_does_not_expire_because_the_clock_went_back(desk, clock):
    order = await ask(desk)
    clock.advance(_BACK)
    async with working(desk):
        paid = await approved(desk, key="another")
        await until(desk, paid, OrderState.DELIVERED)
    assert desk.store.orders.get(order.id).state is OrderState.WAITING
