"""Money that comes back is found and told; money that does not is missed after a day, aloud."""

import json
from datetime import timedelta

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.money import rounded
from bot.domain.notifications import NotificationEvent
from bot.domain.wallet_transactions import Direction
from bot.services.notifications import OutboxKind
from bot.services.order_queries import order_details
from bot.services.track_refund import track_refund
from handlers.views.approval_card import approval_card
from handlers.views.escalations import escalation_message
from handlers.views.notifications import notification_message
from handlers.views.orders import order_status
from store import RefundWatchOutcome
from tests.support.at_once import saved, write
from tests.support.back_office import BackOffice
from tests.support.orders import actions, approved, sent, work, work_until
from tests.support.terms import card_selection
from tests.support.waiting import until


async def look(ctx, clock, order, *, times=1):
    """What the refund worker does when it is due."""
    for _ in range(times):
        watch = saved(ctx).refunds.get_watch(order.id)
        if watch is None or watch.next_at is None:
            return
        clock.advance(max(timedelta(), watch.next_at - clock()))
        assert [due.order_id for due in saved(ctx).refunds.due(clock())] == [order.id]
        await track_refund(ctx, watch)


async def look_until_over(ctx, clock, order):
    """The vendor takes real time to give up."""

    async def is_over():
        await look(ctx, clock, order)
        return ended(ctx, order) is not None

    await until(is_over)


def told(ctx, clock):
    return [payload["event"] for payload in sent(ctx, clock, OutboxKind.NOTIFICATION)]


def ended(ctx, order):
    return watch_of(ctx, order).end


def watch_of(ctx, order):
    watch = saved(ctx).refunds.get_watch(order.id)
    assert watch is not None, "nobody looks for it"
    return watch


@pytest.mark.contract("9.3a")
@pytest.mark.parametrize(("fault", "state"), [("fail", OrderState.FAILED), ("cancel", OrderState.CANCELLED)])
async def test_a_refund_is_found_on_record_and_told_everywhere(
    ctx, clock, back_office: BackOffice, fault, state
):
    back_office.arm(fault)
    order = await work(ctx, clock, await approved(ctx, 2))
    assert order.state is state
    sent(ctx, clock, OutboxKind.NOTIFICATION)

    await look(ctx, clock, order)

    [refund] = saved(ctx).refunds.of_order(order.id)
    assert refund.amount == order.charge
    assert ended(ctx, order) is RefundWatchOutcome.FOUND
    assert told(ctx, clock) == ["refunded"]
    row = list(saved(ctx).audit.rows(order_id=order.id))[-1]
    assert (row.action, str(row.actor)) == ("refunded", "component/refund_tracker")
    assert json.loads(row.details) == {
        "amount": str(order.charge),
        "at": f"{refund.at:%Y-%m-%dT%H:%M:%SZ}",
        "movement_id": refund.transaction_id,
        "complete": True,
    }
    file = await order_details(ctx, order)
    said = f"refunded {order.charge} on "
    for message in (
        approval_card(file),
        order_status(file, own=True),
        notification_message(file, NotificationEvent.REFUNDED),
    ):
        assert said in str(message.blocks)


@pytest.mark.contract("12.2d")
async def test_a_refund_in_another_currency_comes_back_in_the_wallets(ctx, clock, back_office: BackOffice):
    euro = saved(ctx).catalogue.search("zalando", currency="EUR", limit=1).products[0]
    back_office.arm("fail")
    choice = card_selection(euro, euro.denominations[0].minimum, 2, "31")
    order = await work(ctx, clock, await approved(ctx, selection=choice))

    await look(ctx, clock, order)

    [refund] = saved(ctx).refunds.of_order(order.id)
    assert (refund.amount.currency, order.face_value.currency) == ("USD", "EUR")
    assert refund.amount == order.charge


@pytest.mark.contract("G8")
async def test_the_share_of_what_never_came_is_enough_for_an_order_that_came_in_part(
    ctx, clock, back_office: BackOffice
):
    back_office.arm("partial", deliver=1, then="give-up")
    order = await work(ctx, clock, await approved(ctx, 4))
    order = await work_until(ctx, clock, order, OrderState.PARTIALLY_DELIVERED)
    assert saved(ctx).codes.count(order.id) == 1

    await look_until_over(ctx, clock, order)

    assert ended(ctx, order) is RefundWatchOutcome.FOUND
    [refund] = saved(ctx).refunds.of_order(order.id)
    assert refund.amount.currency == order.charge.currency
    assert refund.amount.amount == rounded(order.charge.amount * 3 / 4, "USD")


async def test_nothing_is_waited_for_once_every_card_has_come(ctx, clock, back_office: BackOffice):
    back_office.arm("partial", deliver=1, then="complete")
    order = await work(ctx, clock, await approved(ctx, 4))
    assert saved(ctx).refunds.get_watch(order.id) is not None
    await work_until(ctx, clock, order, OrderState.DELIVERED)

    await look(ctx, clock, order)

    assert ended(ctx, order) is RefundWatchOutcome.NOT_NEEDED
    assert saved(ctx).refunds.of_order(order.id) == []


@pytest.mark.contract("G8")
async def test_a_refund_that_does_not_come_is_missed_after_a_day_and_not_before(
    ctx, clock, back_office: BackOffice
):
    back_office.choose(partial_refund="none")
    back_office.arm("partial", deliver=1, then="give-up")
    order = await work(ctx, clock, await approved(ctx, 4))
    since = clock()

    while ended(ctx, order) is None:
        assert sent(ctx, clock, OutboxKind.APPROVER_ALERT) == []
        await look(ctx, clock, order)

    assert timedelta(days=1) <= clock() - since < timedelta(days=1, hours=1)
    assert ended(ctx, order) is RefundWatchOutcome.MISSING
    assert sent(ctx, clock, OutboxKind.APPROVER_ALERT) == [{"event": "refund_missing"}]
    assert actions(ctx, order)[-1] == "refund_missing"
    file = await order_details(ctx, order)
    assert "no refund was found within a day" in str(order_status(file, own=True).blocks)
    assert "a day has passed" in str(escalation_message(order, NotificationEvent.REFUND_MISSING).blocks)


async def test_not_being_able_to_look_proves_nothing_however_long_it_lasts(
    ctx, clock, back_office: BackOffice
):
    back_office.arm("fail")
    order = await work(ctx, clock, await approved(ctx, 2))
    back_office.arm("drop-before", method="GET", path="/api/v1/transactions", times=0)
    clock.advance(timedelta(days=2))

    await look(ctx, clock, order)

    assert ended(ctx, order) is None
    assert sent(ctx, clock, OutboxKind.APPROVER_ALERT) == []


async def test_the_same_refund_is_counted_and_told_once(ctx, clock, back_office: BackOffice):
    back_office.arm("fail")
    order = await work(ctx, clock, await approved(ctx, 2))
    await look(ctx, clock, order)
    write(ctx, lambda tx: tx.refunds.watch(order.id, clock()))
    sent(ctx, clock, OutboxKind.NOTIFICATION)

    await look(ctx, clock, order)

    assert len(saved(ctx).refunds.of_order(order.id)) == 1
    assert told(ctx, clock) == []


async def test_another_orders_refund_is_not_taken_for_ours(ctx, clock, back_office: BackOffice):
    back_office.arm("fail", times=2)
    first = await work(ctx, clock, await approved(ctx, 2, key="one"))
    second = await work(ctx, clock, await approved(ctx, 2, key="two"))
    await look_at_each(ctx, first, second)

    ours, theirs = (saved(ctx).refunds.of_order(order.id) for order in (first, second))
    assert {len(ours), len(theirs)} == {1}
    assert ours[0].transaction_id != theirs[0].transaction_id


async def look_at_each(ctx, *orders):
    for order in orders:
        await track_refund(ctx, watch_of(ctx, order))


@pytest.mark.contract("12.2a")
async def test_every_refund_at_the_vendor_is_found_among_thousands_of_transactions(
    ctx, clock, back_office: BackOffice
):
    back_office.arm("fail")
    order = await work(ctx, clock, await approved(ctx, 2))
    for step in range(600):  # more than one page of them
        back_office.set_wallet(order.terms.wallet_id, str(1000 + step % 2))

    await look(ctx, clock, order)

    pages = [page async for page in ctx.vendor("octopus").wallet_transactions(order.terms.wallet_id)]
    assert len(pages) > 1
    assert any(m.direction is Direction.CREDIT and m.vendor_order_id for m in pages[-1])
    assert ended(ctx, order) is RefundWatchOutcome.FOUND
