"""Nothing is bought without an intent on disk, and codes wait in memory until the disk takes them."""

import asyncio
from contextlib import ExitStack

import pytest

from bot.domain.orders import OrderState
from bot.usecases.decide_request import approve_request
from store import StorageFailed
from tests.integration.bad_luck.conftest import WhenTheAnswerComes, locked, read_only, until, working
from tests.integration.purchase.conftest import LEAD, actions, approved, ask, bought


@pytest.fixture(params=["locked", "read-only"])
def trouble(request, desk, database):
    """Opens a stretch of time in which the database cannot be written."""

    return lambda: locked(database) if request.param == "locked" else read_only(desk)


async def test_no_purchase_happens_while_its_intent_cannot_be_written(desk, office, trouble, capfd):
    order = await approved(desk)
    with trouble():
        async with working(desk):
            async with asyncio.timeout(10):
                while "cannot_write" not in capfd.readouterr().out:
                    await asyncio.sleep(0.05)
            assert bought(office, order) == []
            assert desk.store.orders.get(order.id).state is OrderState.APPROVED

    async with working(desk):
        await until(desk, order, OrderState.DELIVERED)
    assert len(bought(office, order)) == 1


@pytest.mark.parametrize("quantity", [2, 8], ids=["with the purchase", "by a later read"])
async def test_codes_that_arrive_while_nothing_can_be_written_are_kept_as_soon_as_it_can(
    desk, office, trouble, quantity, clock
):
    office.choose(reads="once")  # there is no second chance to read them
    order = await approved(desk, quantity)
    with ExitStack() as stack:
        arrived = asyncio.Event()

        async def the_disk_fails():
            if not arrived.is_set():
                arrived.set()
                stack.enter_context(trouble())

        WhenTheAnswerComes(desk, the_disk_fails)
        async with working(desk):
            async with asyncio.timeout(20):
                await arrived.wait()
                await asyncio.sleep(1.5)
            assert desk.store.codes.count(order.id) == 0
            stack.close()
            order = await until(desk, order, OrderState.DELIVERED)

    (theirs,) = bought(office, order)
    assert {v.card_number for v in desk.store.codes.of_order(order.id)} == {
        v["card_number"] for v in theirs["vouchers"]
    }
    assert actions(desk, order).count("purchase_intended") == 1
    assert desk.store.audit.verify().ok


async def test_an_approval_that_cannot_be_written_is_no_approval(desk, office, trouble):
    order = await ask(desk)
    with trouble(), pytest.raises(StorageFailed):
        approve_request(desk, LEAD, order.id)

    assert desk.store.orders.get(order.id).state is OrderState.WAITING
    assert desk.store.approvals.of_order(order.id) == []
    assert approve_request(desk, LEAD, order.id).state is OrderState.APPROVED
