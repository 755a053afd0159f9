"""No order waits in silence: the approvals channel hears of it, again and ever more rarely."""

from datetime import timedelta

import pytest

from bot.domain.orders import FINAL, OrderState
from bot.domain.oversight import OVERSIGHT
from bot.usecases.decide_request import approve_request, decline_request
from bot.usecases.notices import Kind
from bot.usecases.raise_alarm import raise_alarm
from bot.usecases.support_note import order_and_note
from bot.workers.orders import NEXT_STEP
from tests.integration.purchase.conftest import LEAD, actions, approved, ask, bought, sent, work, work_until


async def alarms_until(desk, clock, order, later):
    """What the channel is told of it up to then, and when, in minutes from now."""
    start, told = clock(), []
    while (now := desk.store.orders.get(order.id)).alarm_at is not None and now.alarm_at <= start + later:
        clock.advance(max(timedelta(), now.alarm_at - clock()))
        await raise_alarm(desk, order.id)
        minutes = round((clock() - start).total_seconds() / 60)
        told += [(minutes, payload["event"]) for payload in sent(desk, clock, Kind.ALARM)]
    return told


async def test_a_request_nobody_decides_on_is_called_to_mind_well_before_it_expires(desk, clock):
    order = await ask(desk)

    told = await alarms_until(desk, clock, order, timedelta(hours=72))

    assert told == [(m * 60, "overdue") for m in (4, 12, 28, 52)]
    assert desk.store.orders.get(order.id).state is OrderState.WAITING


async def test_an_approval_that_cannot_be_used_is_shouted_about_though_it_is_tried_again_and_again(
    desk, clock, office
):
    office.arm("rate-limited", seconds=1, times=0)
    order = await work(desk, clock, await approved(desk), steps=4)
    assert order.state is OrderState.APPROVED

    told = await alarms_until(desk, clock, order, timedelta(hours=1))

    assert [event for _, event in told] == ["overdue", "overdue"]
    assert told[0][0] <= OVERSIGHT[OrderState.APPROVED].first.total_seconds() / 60


async def test_an_unknown_outcome_that_goes_round_is_one_silence(desk, clock, office):
    office.arm("error", status=503, when="before", times=0)
    order = await work(desk, clock, await approved(desk), steps=12)
    assert order.state is OrderState.UNSETTLED
    assert actions(desk, order).count("outcome_unknown") > 3

    due_at = order.alarm_at
    assert due_at is not None and due_at <= clock()
    await raise_alarm(desk, order.id)
    again = await work(desk, clock, desk.store.orders.get(order.id), steps=4)

    assert again.alarms == 1
    assert again.alarm_at is not None and again.alarm_at > due_at + timedelta(minutes=20)


async def test_missing_codes_are_shouted_about_at_once_with_all_the_vendors_support_needs(
    desk, clock, office
):
    office.arm("drop-after")
    order = await work_until(desk, clock, await approved(desk, 2), OrderState.CODES_MISSING)

    told = await alarms_until(desk, clock, order, timedelta(hours=10))

    assert told == [(0, "codes_missing"), (8 * 60, "codes_missing")]
    _, note = order_and_note(desk, order.id)
    lost = next(row for row in desk.store.audit.rows(order_id=order.id) if row.action == "outcome_unknown")
    intended = next(
        row for row in desk.store.audit.rows(order_id=order.id) if row.action == "purchase_intended"
    )
    for fact in (
        f"client_reference: {order.client_reference}",
        f"order id: {order.provider_order_id}",
        f"ordered at {intended.at:%Y-%m-%d %H:%M:%S} UTC",
        f"({lost.at:%Y-%m-%d %H:%M:%S} UTC, outcome_unknown)",
    ):
        assert fact in note
    (theirs,) = bought(office, order)
    assert not any(voucher["card_number"] in note for voucher in theirs["vouchers"])


async def test_a_decision_ends_the_reminders(desk, clock):
    order = await ask(desk)
    decline_request(desk, LEAD, order.id, "no")
    assert desk.store.orders.get(order.id).alarm_at is None
    assert desk.store.orders.overdue(clock() + timedelta(days=9)) == []


async def test_an_alarm_that_is_no_longer_due_is_not_raised(desk, clock):
    order = await ask(desk)
    clock.advance(timedelta(hours=5))
    approve_request(desk, LEAD, order.id)

    await raise_alarm(desk, order.id)

    assert sent(desk, clock, Kind.ALARM) == []


async def test_every_alarm_is_on_record(desk, clock):
    order = await ask(desk)
    await alarms_until(desk, clock, order, timedelta(hours=13))
    assert actions(desk, order).count("alarm_raised") == 2
    assert desk.store.audit.verify().ok


@pytest.mark.parametrize("state", sorted(set(OrderState) - FINAL))
def test_every_unfinished_state_has_a_next_step(state):
    assert state in NEXT_STEP
