"""No order waits in silence: the approvals channel hears of it, again and ever more rarely."""

from datetime import timedelta

from bot.domain.lifecycle import STATES, OrderState
from bot.services.decide_request import approve_request, decline_request
from bot.services.escalate_order import escalate_order
from bot.services.notifications import OutboxKind
from bot.services.support_note import order_and_note
from tests.support.at_once import saved
from tests.support.disk import audit_log_is_intact
from tests.support.every import assert_none
from tests.support.orders import actions, approved, ask, bought, sent, work, work_until
from tests.support.people import LEAD


async def alarms_until(ctx, clock, order, later):
    """What the channel is told of it up to then, and when, in minutes from now."""
    start, told = clock(), []
    while (
        now := saved(ctx).orders.get(order.id)
    ).escalate_at is not None and now.escalate_at <= start + later:
        clock.advance(max(timedelta(), now.escalate_at - clock()))
        await escalate_order(ctx, order.id)
        minutes = round((clock() - start).total_seconds() / 60)
        told += [(minutes, payload["event"]) for payload in sent(ctx, clock, OutboxKind.APPROVER_ALERT)]
    return told


async def test_a_request_nobody_decides_on_is_called_to_mind_well_before_it_expires(ctx, clock):
    order = await ask(ctx)

    told = await alarms_until(ctx, clock, order, timedelta(hours=72))

    assert told == [(m * 60, "overdue") for m in (4, 12, 28, 52)]
    assert saved(ctx).orders.get(order.id).state is OrderState.PENDING_APPROVAL


async def test_an_approval_that_cannot_be_used_is_escalated_though_it_is_tried_again_and_again(
    ctx, clock, back_office
):
    back_office.arm("rate-limited", seconds=1, times=0)
    order = await work(ctx, clock, await approved(ctx), steps=4)
    assert order.state is OrderState.APPROVED

    told = await alarms_until(ctx, clock, order, timedelta(hours=1))

    assert [event for _, event in told] == ["overdue", "overdue"]
    escalation = STATES[OrderState.APPROVED].escalation
    assert escalation is not None
    assert told[0][0] <= escalation.first.total_seconds() / 60


async def test_an_unknown_outcome_that_goes_round_is_one_silence(ctx, clock, back_office):
    back_office.arm("error", status=503, when="before", times=0)
    order = await work(ctx, clock, await approved(ctx), steps=12)
    assert order.state is OrderState.OUTCOME_UNKNOWN
    assert actions(ctx, order).count("outcome_unknown") > 3

    due_at = order.escalate_at
    assert due_at is not None and due_at <= clock()
    await escalate_order(ctx, order.id)
    again = await work(ctx, clock, saved(ctx).orders.get(order.id), steps=4)

    assert again.escalations == 1
    assert again.escalate_at is not None and again.escalate_at > due_at + timedelta(minutes=20)


async def test_missing_codes_are_escalated_at_once_with_all_the_vendors_support_needs(
    ctx, clock, back_office
):
    back_office.arm("drop-after")
    order = await work_until(ctx, clock, await approved(ctx, 2), OrderState.CODES_UNAVAILABLE)

    told = await alarms_until(ctx, clock, order, timedelta(hours=10))

    assert told == [(0, "codes_unavailable"), (8 * 60, "codes_unavailable")]
    _, note = await order_and_note(ctx, order.id)
    lost = next(row for row in saved(ctx).audit.rows(order_id=order.id) if row.action == "outcome_unknown")
    intended = next(
        row for row in saved(ctx).audit.rows(order_id=order.id) if row.action == "purchase_intended"
    )
    for fact in (
        f"client_reference: {order.client_reference}",
        f"order id: {order.vendor_order_id}",
        f"ordered at {intended.at:%Y-%m-%d %H:%M:%S} UTC",
        f"({lost.at:%Y-%m-%d %H:%M:%S} UTC, outcome_unknown)",
    ):
        assert fact in note
    (theirs,) = bought(back_office, order)
    assert_none(theirs["vouchers"], lambda voucher: voucher["card_number"] in note)


async def test_a_decision_ends_the_reminders(ctx, clock):
    order = await ask(ctx)
    await decline_request(ctx, LEAD, order.id, "no")
    assert saved(ctx).orders.get(order.id).escalate_at is None
    assert saved(ctx).orders.escalations_due(clock() + timedelta(days=9)) == []


async def test_an_escalation_that_is_no_longer_due_is_not_sent(ctx, clock):
    order = await ask(ctx)
    clock.advance(timedelta(hours=5))
    await approve_request(ctx, LEAD, order.id)

    await escalate_order(ctx, order.id)

    assert sent(ctx, clock, OutboxKind.APPROVER_ALERT) == []


async def test_every_escalation_is_on_record(ctx, clock):
    order = await ask(ctx)
    await alarms_until(ctx, clock, order, timedelta(hours=13))
    assert actions(ctx, order).count("escalated") == 2
    assert audit_log_is_intact(ctx)
