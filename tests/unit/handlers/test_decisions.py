"""Approve, Decline, Withdraw: one decision, and a clear answer to everybody else."""

import asyncio

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.problems import Problem, ProblemCode
from bot.services.order_queries import order_details
from handlers import ids
from handlers.views.approval_card import approval_card
from handlers.views.modals import REASON_INPUT
from tests.support.at_once import saved
from tests.support.every import assert_every, assert_none
from tests.unit.handlers.block_kit_checks import buttons, said


async def card_value(harness, order, label="Approve"):
    return buttons(approval_card(await order_details(harness.ctx, order)).blocks)[label]["value"]


async def decline_form_of(harness, order, by="U0LEAD001"):
    await harness.people.presses("decline", await card_value(harness, order), by)
    return harness.slack.sent("views.open")[-1]["view"]


def reason(text):
    return {ids.REASON: {REASON_INPUT: {"type": "plain_text_input", "value": text}}}


async def test_an_approver_approves_with_one_press(harness):
    order = await harness.request()
    answer = await harness.people.presses("approve", await card_value(harness, order), "U0LEAD001")
    assert answer.status == 200 and not answer.body
    assert harness.state(order) is OrderState.APPROVED
    assert harness.slack.sent("respond") == []


async def test_two_approvers_at_once_make_one_decision_and_one_clear_answer(harness):
    order = await harness.request()
    value = await card_value(harness, order)
    await asyncio.gather(*(harness.people.presses("approve", value, by) for by in ("U0LEAD001", "U0LEAD002")))
    [answer] = harness.slack.sent("respond")
    assert "was already approved. Your click changed nothing." in answer["text"]
    assert answer["response_type"] == "ephemeral" and answer["replace_original"] is False
    assert harness.audited(order.id).count("approved") == 1


@pytest.mark.parametrize(
    ("by", "says"), [("U0AGENT01", "This is your own request"), ("U0CTRL001", "not on the list of approvers")]
)
async def test_who_may_not_decide_is_told_why_and_nothing_happens(harness, by, says):
    order = await harness.request()
    for action in ("approve", "decline"):
        await harness.people.presses(action, await card_value(harness, order), by)
    assert_every(harness.slack.sent("respond"), lambda answer: says in answer["text"])
    assert harness.state(order) is OrderState.PENDING_APPROVAL and not harness.slack.sent("views.open")


async def test_rights_are_looked_up_anew_at_every_decision(harness):
    await harness.people.types("pending", by="U0LEAD001")
    harness.slack.people["U0LEAD001"] = {"deleted": True}
    order = await harness.request()
    await harness.people.presses("approve", await card_value(harness, order), "U0LEAD001")
    assert "deactivated" in harness.slack.sent("respond")[0]["text"]
    assert harness.state(order) is OrderState.PENDING_APPROVAL


async def test_a_button_for_other_terms_decides_nothing(harness):
    order = await harness.request()
    await harness.people.presses("approve", f"{order.id}.0123456789ab", "U0LEAD001")
    assert "terms of this request changed" in harness.slack.sent("respond")[0]["text"]
    assert harness.state(order) is OrderState.PENDING_APPROVAL


@pytest.mark.parametrize("value", ["", "x", "approve-me", "7;drop"])
async def test_a_button_we_never_made_is_from_an_older_version(harness, value):
    for action in ("approve", "decline", "withdraw", "show_codes"):
        await harness.people.presses(action, value, "U0LEAD001")
    assert_every(harness.slack.sent("respond"), lambda answer: "older version" in answer["text"])
    assert len(harness.slack.sent("respond")) == 4


@pytest.mark.parametrize("shape", ["{}", "{}.", "{}.{:.11}", "{}.{}", "{}.0", "+{}.{:.12}", "0{}.{:.12}"])
async def test_a_decision_without_the_terms_it_is_for_decides_nothing(harness, shape):
    order = await harness.request()
    await harness.people.presses("approve", shape.format(order.id, order.digest), "U0LEAD001")
    form = {**await decline_form_of(harness, order), "private_metadata": shape.format(order.id, order.digest)}
    answer = await harness.people.submits(form, reason("No"))
    assert "older version" in harness.slack.sent("respond")[0]["text"]
    assert "older version" in said(answer["view"])
    assert harness.state(order) is OrderState.PENDING_APPROVAL


@pytest.mark.parametrize("value", ["9" * 30, str(2**63), "9" * 5000, "\u0661", "-1", "1\n", "\ud800"])
async def test_a_number_that_is_no_order_of_ours_is_answered_kindly(harness, value):
    for action in ("withdraw", "show_codes", "resolve"):
        await harness.people.presses(action, value, "U0LEAD001")
    for action in ("approve", "decline", "confirm_resolution"):
        await harness.people.presses(action, f"{value}.0123456789ab", "U0LEAD001")
        await harness.people.presses(action, f"1.{value}", "U0LEAD001")
    assert ["older version" in answer["text"] for answer in harness.slack.sent("respond")] == [True] * 9


async def test_declining_asks_for_a_reason_and_records_it(harness):
    order = await harness.request()
    form = await decline_form_of(harness, order)
    assert await harness.people.submits(form, reason("Duplicate of 4710")) == {}
    assert harness.state(order) is OrderState.DECLINED
    assert saved(harness.ctx).orders.get(order.id).problem == Problem(
        ProblemCode.DECLINED, {"note": "Duplicate of 4710"}
    )


@pytest.mark.parametrize("text", ["   ", "x" * 501, None])
async def test_a_reason_that_will_not_do_is_said_at_its_field(harness, text):
    order = await harness.request()
    answer = await harness.people.submits(await decline_form_of(harness, order), reason(text))
    assert answer["response_action"] == "errors" and list(answer["errors"]) == [ids.REASON]
    assert harness.state(order) is OrderState.PENDING_APPROVAL


async def test_a_decline_that_comes_too_late_is_told_in_the_form(harness):
    order = await harness.request()
    form = await decline_form_of(harness, order)
    await harness.people.presses("approve", await card_value(harness, order), "U0LEAD002")
    answer = await harness.people.submits(form, reason("No"))
    assert answer["response_action"] == "update" and "was already approved" in said(answer["view"])


async def test_an_expired_trigger_is_explained_beside_the_card(harness):
    order = await harness.request()
    harness.slack.refuse("views.open", "expired_trigger_id")
    await harness.people.presses("decline", await card_value(harness, order), "U0LEAD001")
    assert "Press once more" in harness.slack.sent("respond")[0]["text"]


async def test_withdrawing_from_the_list_brings_the_list_up_to_date(harness):
    order = await harness.request()
    await harness.people.presses("withdraw", str(order.id), where="ephemeral")
    [answer] = harness.slack.sent("respond")
    assert answer["replace_original"] is True and "withdrawn" in said(answer["blocks"])
    assert harness.state(order) is OrderState.WITHDRAWN


async def test_withdrawing_on_home_draws_home_again(harness):
    order = await harness.request()
    await harness.people.presses("withdraw", str(order.id), where="home")
    [home] = harness.slack.sent("views.publish")
    assert "withdrawn" in said(home["view"])


async def test_only_the_requester_withdraws_and_on_home_a_window_says_so(harness):
    order = await harness.request()
    await harness.people.presses("withdraw", str(order.id), "U0LEAD001", where="home")
    assert "Only the person who asked" in said(harness.slack.sent("views.open")[0]["view"])
    assert harness.state(order) is OrderState.PENDING_APPROVAL


async def test_codes_asked_for_in_the_dm_are_answered_by_the_codes_alone(harness):
    order = harness.deliver_codes(await harness.request(), "CODE-1")
    await harness.people.presses("show_codes", str(order.id), where="dm")
    assert harness.slack.sent("respond") == []
    assert len(harness.rows_of("codes", order)) == 1
    assert "codes_requested" in harness.audited(order.id)


async def test_codes_asked_for_elsewhere_are_announced_without_a_code(harness):
    order = harness.deliver_codes(await harness.request(), "CODE-1")
    answer = await harness.people.types(f"codes {order.client_reference.lower()}")
    assert "on their way in our DM" in answer["text"]
    await harness.people.presses("show_codes", str(order.id), where="home")
    assert "on their way in our DM" in said(harness.slack.sent("views.open")[0]["view"])
    assert_none(harness.slack.calls, lambda call: "CODE-1" in str(call))


@pytest.mark.parametrize("by", ["U0LEAD001", "U0AGENT02"])
async def test_codes_are_for_their_requester_only(harness, by):
    order = harness.deliver_codes(await harness.request(), "CODE-1")
    await harness.people.presses("show_codes", str(order.id), by)
    assert "only to the person who asked" in harness.slack.sent("respond")[0]["text"]
    assert harness.rows_of("codes", order) == []


async def test_codes_that_are_not_here_yet_are_explained(harness):
    order = await harness.request()
    answer = await harness.people.types(f"codes {order.client_reference}")
    assert "still waits for approval" in answer["text"]
