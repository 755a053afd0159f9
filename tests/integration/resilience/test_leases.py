"""Two workers over one database: each order has one of them, and one that hangs loses it to the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from structlog.testing import capture_logs

from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order
from bot.services.context import AppContext
from bot.workers.orders import order_worker
from bot.workers.polling import LEASE_FOR
from tests.integration.resilience.failures import WhenTheAnswerComes, until_in
from tests.support.at_once import saved
from tests.support.disk import audit_log_is_intact, rows
from tests.support.every import assert_none
from tests.support.orders import actions, approved, bought
from tests.support.waiting import until


@asynccontextmanager
async def working(ctx: AppContext) -> AsyncIterator[asyncio.Task[None]]:
    """A worker's loop. What it has begun goes on when it is cancelled, but the claims are not renewed."""
    worker = order_worker(ctx, "octopus")
    loop = asyncio.create_task(worker.run())
    try:
        yield loop
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        await worker.stop(1)


class HangingVendor:
    """Keeps the answer to the first purchase until it is let go."""

    def __init__(self, ctx: AppContext) -> None:
        self.has_bought, self.let_go = asyncio.Event(), asyncio.Event()
        WhenTheAnswerComes(ctx, self._hold)

    async def _hold(self) -> None:
        if not self.has_bought.is_set():
            self.has_bought.set()
            await self.let_go.wait()


def lease_of(database: Path, order: Order) -> tuple[str, datetime]:
    (row,) = rows(database, "SELECT lease_owner, lease_until FROM orders WHERE id = ?", order.id)
    return row["lease_owner"], datetime.fromisoformat(row["lease_until"])


def is_leased(database: Path, order: Order, owner: str, beyond: datetime) -> bool:
    now_owned_by, lease_until = lease_of(database, order)
    assert now_owned_by == owner
    return lease_until > beyond


async def test_two_workers_buy_each_order_once_and_never_meet(ctx, back_office):
    orders = [await approved(ctx, 2, key=f"view-{number}") for number in range(8)]

    with capture_logs() as lines:
        async with working(ctx), working(ctx):
            for order in orders:
                await until_in(ctx, order, OrderState.DELIVERED)

    assert [len(bought(back_office, order)) for order in orders] == [1] * len(orders)
    assert [actions(ctx, order).count("purchase_intended") for order in orders] == [1] * len(orders)
    assert_none(lines, lambda line: line["event"] in {"order_moved_meanwhile", "work_failed"})


async def test_a_purchase_that_takes_long_keeps_its_worker(ctx, clock, back_office, database):
    vendor = HangingVendor(ctx)
    order = await approved(ctx, 2)

    async with working(ctx), working(ctx):
        await vendor.has_bought.wait()
        owner, _ = lease_of(database, order)
        for _ in range(16):  # altogether longer than what is being bought waits to be taken over
            clock.advance(LEASE_FOR / 2)
            await until(partial(is_leased, database, order, owner, clock() + LEASE_FOR / 2))
        assert saved(ctx).orders.get(order.id).state is OrderState.SUBMITTING
        vendor.let_go.set()
        await until_in(ctx, order, OrderState.DELIVERED)

    assert "outcome_unknown" not in actions(ctx, order)
    assert len(bought(back_office, order)) == 1


async def test_a_purchase_whose_lease_ran_out_is_looked_up_and_the_codes_of_its_late_answer_are_kept(
    ctx, clock, back_office
):
    vendor = HangingVendor(ctx)
    order = await approved(ctx, 2)

    with capture_logs() as lines:
        async with working(ctx) as hanging:
            await vendor.has_bought.wait()
            hanging.cancel()
            clock.advance(timedelta(minutes=10))
            async with working(ctx):
                await until_in(ctx, order, OrderState.OUTCOME_UNKNOWN)
                clock.advance(timedelta(minutes=1))
                await until_in(ctx, order, OrderState.CODES_UNAVAILABLE)  # the vendor showed them once
                vendor.let_go.set()
                await until_in(ctx, order, OrderState.DELIVERED)

    assert [line["event"] for line in lines].count("order_moved_meanwhile") == 1
    said = actions(ctx, order)[2:]
    assert said == ["purchase_intended", "outcome_unknown", "purchased", "codes_unavailable", "delivered"]
    assert len(bought(back_office, order)) == 1
    assert saved(ctx).codes.count(order.id) == 2
    assert audit_log_is_intact(ctx)


async def test_what_was_claimed_by_a_process_that_was_killed_is_claimed_again_at_once(
    ctx, clock, back_office
):
    order = await approved(ctx, 2)
    await ctx.write(
        lambda tx: tx.orders.claim("gone", clock(), timedelta(days=1), 1, states=[OrderState.APPROVED])
    )
    await ctx.write(lambda tx: tx.release_leases())

    async with working(ctx), working(ctx):
        await until_in(ctx, order, OrderState.DELIVERED)
    assert len(bought(back_office, order)) == 1
