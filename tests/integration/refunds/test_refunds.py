"""Money that comes back is found and told; money that does not is missed after a day, aloud."""

import asyncio
import json
from datetime import timedelta

import pytest

from bot.domain.money import rounded
from bot.domain.movements import Direction
from bot.domain.orders import OrderState
from bot.usecases.look_up_orders import order_file
from bot.usecases.notices import Event, Kind
from bot.usecases.quote_order import Selection
from bot.usecases.track_refund import track_refund
from handlers.views.alarms import alarm
from handlers.views.cards import approval_card
from handlers.views.notices import notice
from handlers.views.orders import order_status
from store import WatchEnd
from tests.integration.purchase.conftest import actions, approved, sent, work, work_until
from tests.office import Office


async def look(desk, clock, order, *, times=1):
    """What the refund worker does when it is due."""
    for _ in range(times):
        watch = desk.store.refunds.watch_of(order.id)
        if watch is None or watch.next_at is None:
            return
        clock.advance(max(timedelta(), watch.next_at - clock()))
        assert [due.order_id for due in desk.store.refunds.due(clock())] == [order.id]
        await track_refund(desk, order.id)


async def look_until_over(desk, clock, order):
    """The vendor takes real time to give up."""
    async with asyncio.timeout(10):
        while ended(desk, order) is None:
            await asyncio.sleep(0.1)
            await look(desk, clock, order)


def told(desk, clock):
    return [payload["event"] for payload in sent(desk, clock, Kind.NOTICE)]


def ended(desk, order):
    return desk.store.refunds.watch_of(order.id).end


@pytest.mark.contract("9.3a")
@pytest.mark.parametrize(("fault", "state"), [("fail", OrderState.FAILED), ("cancel", OrderState.CANCELLED)])
async def test_a_refund_is_found_on_record_and_told_everywhere(desk, clock, office: Office, fault, state):
    office.arm(fault)
    order = await work(desk, clock, await approved(desk, 2))
    assert order.state is state
    sent(desk, clock, Kind.NOTICE)

    await look(desk, clock, order)

    [refund] = desk.store.refunds.of_order(order.id)
    assert refund.amount == order.charge
    assert ended(desk, order) is WatchEnd.FOUND
    assert told(desk, clock) == ["refunded"]
    row = list(desk.store.audit.rows(order_id=order.id))[-1]
    assert (row.action, str(row.actor)) == ("refunded", "component/treasurer")
    assert json.loads(row.details) == {
        "amount": str(order.charge),
        "at": f"{refund.at:%Y-%m-%dT%H:%M:%SZ}",
        "movement_id": refund.movement_id,
        "whole": True,
    }
    file = order_file(desk, order)
    said = f"refunded {order.charge} on "
    for message in (approval_card(file), order_status(file, own=True), notice(file, Event.REFUNDED)):
        assert said in str(message.blocks)


@pytest.mark.contract("12.2d")
async def test_a_refund_in_another_currency_comes_back_in_the_wallets(desk, clock, office: Office):
    euro = desk.store.catalogue.search("zalando", currency="EUR", limit=1).products[0]
    office.arm("fail")
    choice = Selection(euro.key, euro.denominations[0].minimum, 2, "31")
    order = await work(desk, clock, await approved(desk, selection=choice))

    await look(desk, clock, order)

    [refund] = desk.store.refunds.of_order(order.id)
    assert (refund.amount.currency, order.face_value.currency) == ("USD", "EUR")
    assert refund.amount == order.charge


@pytest.mark.contract("G8")
async def test_the_share_of_what_never_came_is_enough_for_an_order_that_came_in_part(
    desk, clock, office: Office
):
    office.arm("partial", deliver=1, then="give-up")
    order = await work(desk, clock, await approved(desk, 4))
    order = await work_until(desk, clock, order, OrderState.PARTLY_DELIVERED)
    assert desk.store.codes.count(order.id) == 1

    await look_until_over(desk, clock, order)

    assert ended(desk, order) is WatchEnd.FOUND
    [refund] = desk.store.refunds.of_order(order.id)
    assert refund.amount.currency == order.charge.currency
    assert refund.amount.amount == rounded(order.charge.amount * 3 / 4, "USD")


async def test_nothing_is_waited_for_once_every_card_has_come(desk, clock, office: Office):
    office.arm("partial", deliver=1, then="complete")
    order = await work(desk, clock, await approved(desk, 4))
    assert desk.store.refunds.watch_of(order.id) is not None
    await work_until(desk, clock, order, OrderState.DELIVERED)

    await look(desk, clock, order)

    assert ended(desk, order) is WatchEnd.NOT_NEEDED
    assert desk.store.refunds.of_order(order.id) == []


@pytest.mark.contract("G8")
async def test_a_refund_that_does_not_come_is_missed_after_a_day_and_not_before(desk, clock, office: Office):
    office.choose(partial_refund="none")
    office.arm("partial", deliver=1, then="give-up")
    order = await work(desk, clock, await approved(desk, 4))
    since = clock()

    while ended(desk, order) is None:
        assert sent(desk, clock, Kind.ALARM) == []
        await look(desk, clock, order)

    assert timedelta(days=1) <= clock() - since < timedelta(days=1, hours=1)
    assert ended(desk, order) is WatchEnd.MISSING
    assert sent(desk, clock, Kind.ALARM) == [{"event": "refund_missing"}]
    assert actions(desk, order)[-1] == "refund_missing"
    file = order_file(desk, order)
    assert "no refund was found within a day" in str(order_status(file, own=True).blocks)
    assert "a day has passed" in str(alarm(order, Event.REFUND_MISSING).blocks)


async def test_not_being_able_to_look_proves_nothing_however_long_it_lasts(desk, clock, office: Office):
    office.arm("fail")
    order = await work(desk, clock, await approved(desk, 2))
    office.arm("drop-before", method="GET", path="/api/v1/transactions", times=0)
    clock.advance(timedelta(days=2))

    await look(desk, clock, order)

    assert ended(desk, order) is None
    assert sent(desk, clock, Kind.ALARM) == []


async def test_the_same_refund_is_counted_and_told_once(desk, clock, office: Office):
    office.arm("fail")
    order = await work(desk, clock, await approved(desk, 2))
    await look(desk, clock, order)
    with desk.store.transaction():
        desk.store.refunds.watch(order.id, clock())
    sent(desk, clock, Kind.NOTICE)

    await look(desk, clock, order)

    assert len(desk.store.refunds.of_order(order.id)) == 1
    assert told(desk, clock) == []


async def test_another_orders_refund_is_not_taken_for_ours(desk, clock, office: Office):
    office.arm("fail", times=2)
    first = await work(desk, clock, await approved(desk, 2, key="one"))
    second = await work(desk, clock, await approved(desk, 2, key="two"))
    await look_at_each(desk, first, second)

    ours, theirs = (desk.store.refunds.of_order(order.id) for order in (first, second))
    assert {len(ours), len(theirs)} == {1}
    assert ours[0].movement_id != theirs[0].movement_id


async def look_at_each(desk, *orders):
    for order in orders:
        await track_refund(desk, order.id)


@pytest.mark.contract("12.2a")
async def test_every_refund_at_the_vendor_is_found_among_thousands_of_movements(desk, clock, office: Office):
    office.arm("fail")
    order = await work(desk, clock, await approved(desk, 2))
    for step in range(600):  # more than one page of them
        office.set_wallet(order.terms.wallet_id, str(1000 + step % 2))

    await look(desk, clock, order)

    pages = [page async for page in desk.provider("octopus").movements(order.terms.wallet_id)]
    assert len(pages) > 1
    assert any(m.direction is Direction.CREDIT and m.provider_order_id for m in pages[-1])
    assert ended(desk, order) is WatchEnd.FOUND
