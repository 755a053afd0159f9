"""An hour back, by a wrong NTP server or a hand: nothing waits until it is that late again."""

from datetime import timedelta

from bot.domain.lifecycle import OrderState
from tests.integration.resilience.failures import until_in, working
from tests.support.at_once import saved
from tests.support.disk import audit_log_is_intact
from tests.support.orders import approved, ask, bought, work
from tests.support.waiting import until

_BACK = timedelta(hours=-1)


async def test_an_order_whose_outcome_is_unknown_is_looked_up_although_its_time_lies_an_hour_ahead(
    ctx, clock, back_office
):
    back_office.choose(lost_answers_reveal=False)
    back_office.arm("drop-after")
    order = await work(ctx, clock, await approved(ctx, 2))
    assert order.state is OrderState.OUTCOME_UNKNOWN

    async with working(ctx):
        clock.advance(_BACK)
        await until_in(ctx, order, OrderState.DELIVERED)

    assert len(bought(back_office, order)) == 1
    assert audit_log_is_intact(ctx)


async def test_the_same_holds_when_the_clock_went_back_while_the_bot_was_stopped(ctx, clock, back_office):
    back_office.choose(lost_answers_reveal=False)
    back_office.arm("drop-after")
    order = await work(ctx, clock, await approved(ctx, 2))

    clock.advance(_BACK)
    async with working(ctx):
        await until_in(ctx, order, OrderState.DELIVERED)

    assert len(bought(back_office, order)) == 1


async def test_a_message_that_was_to_be_sent_an_hour_ahead_is_sent_now(ctx, clock):
    await ask(ctx)
    rows = saved(ctx).outbox.due(clock())
    later = clock() + timedelta(seconds=30)
    await ctx.write(lambda tx: [tx.outbox.failed(row.id, "Slack was busy", later) for row in rows])

    clock.advance(_BACK)
    async with working(ctx):
        await until(lambda: {row.id for row in saved(ctx).outbox.due(clock())} == {row.id for row in rows})


async def test_a_request_does_not_expire_because_the_clock_went_back(ctx, clock):
    order = await ask(ctx)
    clock.advance(_BACK)
    async with working(ctx):
        paid = await approved(ctx, key="another")
        await until_in(ctx, paid, OrderState.DELIVERED)
    assert saved(ctx).orders.get(order.id).state is OrderState.PENDING_APPROVAL
