"""Asking and deciding: one request, one decision, whoever presses and however often."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.policy import Policy
from bot.domain.policy.four_eyes import FourEyesDenial
from bot.services.decide_request import approve_request, decline_request, withdraw_request
from bot.services.errors import (
    BadRequest,
    DuplicateSubmission,
    NotPermitted,
    PriceChanged,
    StaleOrder,
    VendorUnavailable,
)
from bot.services.notifications import OutboxKind
from bot.services.problem_text import problem_line
from bot.services.quote_order import quote_order
from bot.services.request_order import OrderRequest, request_order
from tests.support.at_once import saved
from tests.support.orders import actions, ask, bought, work
from tests.support.people import AGENT, GUEST, LEAD, OTHER_LEAD
from tests.support.terms import card_selection, card_selection_by_key


async def test_a_request_is_on_disk_with_its_quote_before_anybody_is_told(ctx):
    order = await ask(ctx)

    assert order.state is OrderState.PENDING_APPROVAL
    assert order.charge == order.face_value - order.discount
    assert actions(ctx, order) == ["requested"]
    told = [(row.kind, row.order_id) for row in saved(ctx).outbox.due(ctx.clock())]
    assert told == [(OutboxKind.CARD, order.id), (OutboxKind.NOTIFICATION, order.id)]


async def test_submitting_the_same_form_twice_is_one_request(ctx):
    assert (await ask(ctx, key="view-7")).id == (await ask(ctx, key="view-7")).id


async def test_every_wrong_field_is_named_at_once(ctx):
    with pytest.raises(BadRequest) as bad:
        await ask(ctx, reason=" ", ticket_url="nonsense", recipient_email="nobody")
    assert set(bad.value.errors) == {"reason", "ticket", "email"}


@pytest.mark.contract("5.1f")
@pytest.mark.parametrize(
    ("quantity", "field"), [(0, "quantity"), (-3, "quantity"), (101, "quantity"), (10**12, "quantity")]
)
async def test_a_wrong_quantity_is_refused_at_its_field(ctx, quantity, field):
    with pytest.raises(BadRequest) as bad:
        await ask(ctx, quantity)
    assert set(bad.value.errors) == {field}


async def test_a_face_value_that_is_not_sold_is_refused_with_those_that_are(ctx):
    product = saved(ctx).catalogue.search("steam usa", limit=1).products[0]
    with pytest.raises(BadRequest) as bad:
        await ask(ctx, selection=card_selection(product, Decimal("3.33"), 1))
    assert product.offered in bad.value.errors["denomination"]


async def test_a_product_that_vanished_between_form_and_submission_is_refused_at_its_field(ctx, back_office):
    product = saved(ctx).catalogue.search("steam usa", limit=1).products[0]
    back_office.change_product(product.product_id, active=False)
    with pytest.raises(BadRequest) as bad:
        await ask(ctx)
    assert "no longer sold" in bad.value.errors["product"]


async def test_a_price_that_moved_while_the_form_was_open_is_shown_before_anything_is_requested(
    ctx, back_office
):
    product = saved(ctx).catalogue.search("steam usa", limit=1).products[0]
    selection = card_selection(product, product.denominations[0].minimum, 2)
    shown = await quote_order(ctx, AGENT, selection)
    back_office.change_product(product.product_id, discount=0)

    with pytest.raises(PriceChanged) as moved:
        await ask(ctx, selection=selection, shown_quote_id=shown.quote_id)

    assert str(shown.quote.charge) in str(moved.value)
    assert str(moved.value.quote.charge) in str(moved.value)
    assert saved(ctx).orders.in_states(list(OrderState)) == []


async def test_too_little_balance_is_said_before_anybody_has_to_decide(ctx, back_office):
    back_office.set_wallet("31", "1.00")
    with pytest.raises(BadRequest, match=r"holds USD 1\.00"):
        await ask(ctx)


async def test_a_silent_vendor_loses_nothing_and_requests_nothing(ctx, back_office):
    back_office.arm("delay-before", path="/api/v1/products/*/charges", seconds=5)
    with pytest.raises(VendorUnavailable, match="kept"):
        await ask(ctx)
    assert saved(ctx).orders.in_states(list(OrderState)) == []


async def test_a_slow_vendor_does_not_stop_a_request_whose_price_is_on_screen(ctx, back_office):
    product = saved(ctx).catalogue.search("steam usa", limit=1).products[0]
    selection = card_selection(product, product.denominations[0].minimum, 2)
    shown = await quote_order(ctx, AGENT, selection)
    back_office.arm("delay-before", path="/api/v1/products/*/charges", seconds=5)

    order = await ask(ctx, selection=selection, shown_quote_id=shown.quote_id, timeout_s=0.5)

    assert order.charge == shown.quote.charge


async def test_a_stock_check_without_an_answer_does_not_stop_a_request(ctx, back_office):
    back_office.arm("error", path="/api/v1/products/*/availability", status=500, times=0)
    assert (await ask(ctx)).state is OrderState.PENDING_APPROVAL


async def test_a_guest_is_refused_kindly_and_on_record(ctx):
    wish = OrderRequest(card_selection_by_key("octopus:1", Decimal(1), 1), "because", None, None)
    with pytest.raises(NotPermitted, match="Guest"):
        await request_order(ctx, GUEST, wish, request_key="v")
    refusal = list(saved(ctx).audit.rows())[-1]
    assert (refusal.action, json.loads(refusal.details)["reason"]) == ("refused", "guest")


async def test_an_approval_names_its_approver_in_the_audit_log(ctx):
    order = await ask(ctx)
    approved = await approve_request(ctx, LEAD, order.id, order.digest[:12])

    row = list(saved(ctx).audit.rows(order_id=order.id))[-1]
    assert approved.state is OrderState.APPROVED
    assert (row.actor, row.action, row.client_reference) == (
        LEAD.id,
        "approved",
        order.client_reference,
    )
    assert json.loads(row.details)["approvers"] == [str(LEAD.id)]


async def test_a_lead_cannot_approve_their_own_request(ctx):
    product = saved(ctx).catalogue.search("steam usa", limit=1).products[0]
    wish = OrderRequest(card_selection(product, product.denominations[0].minimum, 1), "own", None, None)
    order = await request_order(ctx, LEAD, wish, request_key="v")

    with pytest.raises(NotPermitted) as refusal:
        await approve_request(ctx, LEAD, order.id)

    assert refusal.value.denial.reason is FourEyesDenial.SELF_APPROVAL
    assert saved(ctx).orders.get(order.id).state is OrderState.PENDING_APPROVAL
    assert actions(ctx, order)[-1] == "refused"


async def test_the_second_of_two_approvers_gets_one_clear_answer_and_changes_nothing(ctx):
    order = await ask(ctx)
    await approve_request(ctx, LEAD, order.id)

    with pytest.raises(StaleOrder, match="already approved"):
        await approve_request(ctx, OTHER_LEAD, order.id)
    with pytest.raises(StaleOrder, match="already approved"):
        await decline_request(ctx, OTHER_LEAD, order.id, "no")

    assert actions(ctx, order).count("approved") == 1


async def test_two_approvals_need_two_people(ctx):
    ctx.policy = Policy.model_validate(
        {"requesters": {"groups": ["S0AGENTS"]}, "approvers": {"groups": ["S0LEADS"], "needed": 2}}
    )
    order = await ask(ctx)

    await approve_request(ctx, LEAD, order.id)
    with pytest.raises(StaleOrder, match="somebody else"):
        await approve_request(ctx, LEAD, order.id)
    assert saved(ctx).orders.get(order.id).state is OrderState.PENDING_APPROVAL

    assert (await approve_request(ctx, OTHER_LEAD, order.id)).state is OrderState.APPROVED


async def test_a_decline_needs_a_reason_and_ends_the_request(ctx, back_office):
    order = await ask(ctx)
    with pytest.raises(BadRequest, match="Say why"):
        await decline_request(ctx, LEAD, order.id, "  ")

    declined = await decline_request(ctx, LEAD, order.id, "already refunded")

    assert (declined.state, problem_line(declined)) == (OrderState.DECLINED, "already refunded")
    assert declined.next_at is None
    assert bought(back_office, order) == []


async def test_a_button_of_an_outdated_card_decides_nothing(ctx):
    order = await ask(ctx)
    with pytest.raises(StaleOrder, match="changed"):
        await approve_request(ctx, LEAD, order.id, "0" * 12)
    assert saved(ctx).orders.get(order.id).state is OrderState.PENDING_APPROVAL


async def test_only_the_requester_withdraws(ctx):
    order = await ask(ctx)
    with pytest.raises(NotPermitted):
        await withdraw_request(ctx, LEAD, order.id)
    assert (await withdraw_request(ctx, AGENT, order.id)).state is OrderState.WITHDRAWN
    with pytest.raises(StaleOrder, match="withdrawn"):
        await approve_request(ctx, LEAD, order.id)


async def test_a_request_nobody_decides_on_expires(ctx, clock):
    order = await ask(ctx)
    assert (order.next_at - ctx.clock()).total_seconds() == pytest.approx(
        timedelta(hours=72).total_seconds(), abs=60
    )
    assert (await work(ctx, clock, order)).state is OrderState.EXPIRED


async def test_a_deactivated_lead_decides_nothing(ctx):
    order = await ask(ctx)
    with pytest.raises(NotPermitted, match="deactivated"):
        await approve_request(ctx, replace(LEAD, is_deactivated=True), order.id)


async def test_the_same_form_sent_twice_is_one_order(ctx):
    assert (await ask(ctx, key="form-1")).id == (await ask(ctx, key="form-1")).id


@pytest.mark.parametrize("change", [{"reason": "another"}, {"quantity": 3}, {"ticket_url": None}])
async def test_a_form_sent_again_with_something_else_in_it_names_the_order_it_became(ctx, change):
    first = await ask(ctx, key="form-1")
    with pytest.raises(DuplicateSubmission, match=first.client_reference):
        await ask(ctx, key="form-1", **change)
    assert [order.id for order in saved(ctx).orders.all()] == [first.id]


async def test_two_people_are_never_taken_for_one_whatever_slack_calls_their_forms(ctx):
    product = saved(ctx).catalogue.search("steam usa", limit=1).products[0]
    wish = OrderRequest(card_selection(product, product.denominations[0].minimum, 2), "why", None, None)
    orders = [await request_order(ctx, who, wish, request_key="V1") for who in (LEAD, OTHER_LEAD)]
    assert [order.requester for order in orders] == [LEAD.id, OTHER_LEAD.id]
