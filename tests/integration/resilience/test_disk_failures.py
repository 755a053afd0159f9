"""Nothing is bought without an intent on disk, and codes wait in memory until the disk takes them."""

import asyncio
from contextlib import ExitStack

import pytest
from structlog.testing import capture_logs

from bot.domain.lifecycle import OrderState
from bot.kinds.gift_card import Voucher
from bot.services.decide_request import approve_request
from store import StorageFailed
from store.engines.sqlite import SqliteEngine
from tests.integration.resilience.failures import (
    WhenTheAnswerComes,
    count_unwritten,
    locked,
    read_only,
    until_in,
    working,
)
from tests.support.at_once import saved
from tests.support.disk import audit_log_is_intact
from tests.support.orders import actions, approved, ask, bought
from tests.support.people import LEAD
from tests.support.waiting import until


@pytest.fixture(autouse=True)
def engines(monkeypatch):
    """Every engine that is opened from now on."""
    opened = []
    own = SqliteEngine.own

    def kept(path):
        opened.append(own(path))
        return opened[-1]

    monkeypatch.setattr(SqliteEngine, "own", kept)
    return opened


@pytest.fixture(params=["locked", "read-only"])
def problem(request, engines, ctx, database):
    """Opens a stretch of time in which the database cannot be written."""

    return lambda: locked(database) if request.param == "locked" else read_only(engines[-1])


async def test_no_purchase_happens_while_its_intent_cannot_be_written(ctx, back_office, problem, capfd):
    order = await approved(ctx)
    with problem():
        async with working(ctx):
            await until(lambda: "cannot_write" in capfd.readouterr().out)
            assert bought(back_office, order) == []
            assert saved(ctx).orders.get(order.id).state is OrderState.APPROVED

    async with working(ctx):
        await until_in(ctx, order, OrderState.DELIVERED)
    assert len(bought(back_office, order)) == 1


@pytest.mark.parametrize("quantity", [2, 8], ids=["with the purchase", "by a later read"])
async def test_codes_that_arrive_while_nothing_can_be_written_are_kept_as_soon_as_it_can(
    ctx, back_office, problem, quantity, clock
):
    back_office.choose(reads="once")  # there is no second chance to read them
    order = await approved(ctx, quantity)
    with ExitStack() as stack, capture_logs() as lines:
        arrived = asyncio.Event()

        async def the_disk_fails():
            if not arrived.is_set():
                arrived.set()
                stack.enter_context(problem())

        WhenTheAnswerComes(ctx, the_disk_fails)
        async with working(ctx):
            await until(lambda: count_unwritten(lines))
            assert saved(ctx).codes.count(order.id) == 0
            stack.close()
            order = await until_in(ctx, order, OrderState.DELIVERED)

    (theirs,) = bought(back_office, order)
    kept = [each for each in saved(ctx).codes.of_order(order.id) if isinstance(each, Voucher)]
    assert {each.card_number for each in kept} == {each["card_number"] for each in theirs["vouchers"]}
    assert actions(ctx, order).count("purchase_intended") == 1
    assert audit_log_is_intact(ctx)


async def test_an_approval_that_cannot_be_written_is_no_approval(ctx, back_office, problem):
    order = await ask(ctx)
    with problem(), pytest.raises(StorageFailed):
        await approve_request(ctx, LEAD, order.id)

    assert saved(ctx).orders.get(order.id).state is OrderState.PENDING_APPROVAL
    assert saved(ctx).approvals.of_order(order.id) == []
    assert (await approve_request(ctx, LEAD, order.id)).state is OrderState.APPROVED
