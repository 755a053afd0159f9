"""What is asked of the vendor again after an unknown outcome, and what is left to people."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.audit_actions import AuditAction
from bot.domain.lifecycle import OrderState
from bot.domain.people import Component
from bot.domain.policy import Policy
from bot.domain.vendor_orders import Purchase
from bot.ops.actions import reconcile_books, recover_order
from bot.services.errors import NotFound, NothingToLookUp
from bot.services.escalate_order import escalate_order
from bot.services.notifications import OutboxKind
from bot.services.problem_text import problem_line
from bot.services.purchase.recover_now import recover_directly
from bot.vendors.contract import VendorError
from tests.support.at_once import saved, write
from tests.support.order_moves import move_order
from tests.support.orders import actions, approved, ask, bought, sent, work, work_until


async def lost(ctx, clock, back_office, quantity=2, fault="drop-before"):
    """An approved order whose purchase went out and was never answered; by default it never arrived."""
    back_office.arm(fault)
    order = await work(ctx, clock, await approved(ctx, quantity))
    assert order.state is OrderState.OUTCOME_UNKNOWN
    return order


async def test_a_price_that_rose_meanwhile_is_not_paid_and_people_see_both_figures(ctx, clock, back_office):
    order = await lost(ctx, clock, back_office)
    back_office.change_product(order.terms.line.product_id, discount=0)

    order = await work(ctx, clock, order, steps=5)

    assert order.state is OrderState.OUTCOME_UNKNOWN
    assert bought(back_office, order) == []
    assert str(order.charge) in str(problem_line(order))
    assert str(order.face_value) in str(problem_line(order))  # without a discount, that is what it costs now
    assert actions(ctx, order).count("resubmission_blocked") == 1
    await escalate_order(ctx, order.id)
    assert sent(ctx, clock, OutboxKind.APPROVER_ALERT) == [{"event": "outcome_unknown"}]


async def test_when_the_price_is_back_it_is_bought_as_approved(ctx, clock, back_office):
    order = await lost(ctx, clock, back_office)
    back_office.change_product(order.terms.line.product_id, discount=0)
    order = await work(ctx, clock, order, steps=3)
    back_office.change_product(order.terms.line.product_id, discount=4)

    order = await work_until(ctx, clock, order, OrderState.DELIVERED)

    assert len(bought(back_office, order)) == 1


async def test_a_purchase_that_landed_before_the_price_rose_is_taken_as_it_is(ctx, clock, back_office):
    back_office.choose(lost_answers_reveal=False)
    order = await lost(ctx, clock, back_office, fault="drop-after")
    back_office.change_product(order.terms.line.product_id, discount=0)

    order = await work_until(ctx, clock, order, OrderState.DELIVERED)

    assert len(bought(back_office, order)) == 1


async def test_with_too_few_approvals_for_todays_policy_nothing_is_asked_again(ctx, clock, back_office):
    order = await lost(ctx, clock, back_office)
    stricter = {"approvers": {"groups": ["S0LEADS"], "needed": 2}}
    ctx.policy = Policy.model_validate(ctx.policy.model_dump(exclude={"approvers"}) | stricter)

    order = await work(ctx, clock, order, steps=4)

    assert order.state is OrderState.OUTCOME_UNKNOWN
    assert "too few approvals" in str(problem_line(order))
    assert bought(back_office, order) == []


async def test_a_product_that_is_gone_is_not_asked_for_again(ctx, clock, back_office):
    order = await lost(ctx, clock, back_office)
    back_office.change_product(order.terms.line.product_id, active=0)

    order = await work(ctx, clock, order, steps=4)

    assert order.state is OrderState.OUTCOME_UNKNOWN
    assert "no longer sells it" in str(problem_line(order))


async def test_another_order_under_our_reference_is_escalated_once_and_nothing_is_bought(
    ctx, clock, back_office
):
    order = await lost(ctx, clock, back_office)
    other = replace(order.terms, line=order.terms.line.part(1))
    await ctx.sells(order.terms).place(Purchase(other, order.client_reference, None))

    order = await work(ctx, clock, order, steps=6)

    assert order.state is OrderState.OUTCOME_UNKNOWN
    assert "not the one we asked for" in str(problem_line(order))
    assert [theirs["quantity"] for theirs in bought(back_office, order)] == [1]
    assert saved(ctx).codes.count(order.id) == 0
    await escalate_order(ctx, order.id)
    await escalate_order(ctx, order.id)
    assert sent(ctx, clock, OutboxKind.APPROVER_ALERT) == [{"event": "outcome_unknown"}]


async def test_what_is_expected_of_the_wallet_is_the_quote_right_before_buying(ctx, clock, back_office):
    ctx.policy = Policy.model_validate(
        ctx.policy.model_dump(exclude={"purchases"}) | {"purchases": {"tolerance_percent": 50}}
    )
    order = await approved(ctx, 2)
    back_office.change_product(order.terms.line.product_id, discount=0)

    order = await work(ctx, clock, order)

    assert (order.expected_debit, order.expected_net) == (order.face_value, order.face_value)
    assert order.charge != order.expected_debit


async def test_a_purchase_whose_outcome_could_not_be_written_is_looked_up_without_a_restart(
    ctx, clock, back_office
):
    order = await approved(ctx, 2)
    write(
        ctx,
        lambda tx: move_order(
            tx,
            order.id,
            OrderState.SUBMITTING,
            actor=Component("purchaser"),
            action=AuditAction.PURCHASE_INTENDED,
            next_at=clock() + timedelta(minutes=5),
        ),
    )

    order = await work_until(ctx, clock, order, OrderState.DELIVERED)

    assert len(bought(back_office, order)) == 1


async def test_an_operator_looks_up_without_buying(ctx, clock, back_office):
    order = await lost(ctx, clock, back_office)
    for _ in range(4):
        order = await recover_directly(ctx, order.client_reference.lower())
    assert order.state is OrderState.OUTCOME_UNKNOWN
    assert bought(back_office, order) == []
    assert actions(ctx, order).count("purchase_intended") == 1


async def test_an_operator_who_looks_up_a_lost_purchase_gets_its_codes(ctx, clock, back_office):
    back_office.choose(lost_answers_reveal=False)
    order = await lost(ctx, clock, back_office, fault="drop-after")

    order = await recover_directly(ctx, order.client_reference)

    assert order.state is OrderState.DELIVERED
    assert saved(ctx).codes.count(order.id) == 2


async def test_an_operator_is_told_when_the_vendor_is_silent_or_there_is_nothing_to_look_up(
    ctx, clock, back_office
):
    waiting = await ask(ctx, key="waiting")
    with pytest.raises(NothingToLookUp):
        await recover_directly(ctx, waiting.client_reference)
    idle = await recover_order(ctx, waiting.client_reference, workers_run=False)
    assert idle.lines == (f"{waiting.client_reference} is pending approval: there is nothing to look up.",)
    with pytest.raises(NotFound, match="giftcard orders"):
        await recover_directly(ctx, "GC-000000-NOWHERE2")
    order = await lost(ctx, clock, back_office)
    back_office.arm("error", method="GET", path="/api/v1/orders*", status=500, times=0)
    with pytest.raises(VendorError):
        await recover_directly(ctx, order.client_reference)
    assert saved(ctx).orders.get(order.id) == order
    said = await recover_order(ctx, order.client_reference, workers_run=False)
    assert (said.status, said.lines[0].partition(",")[0]) == (2, "The vendor did not answer")
    assert (await reconcile_books(ctx)).status == 2
