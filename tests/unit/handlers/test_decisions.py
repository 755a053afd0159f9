"""Approve, Decline, Withdraw: one decision, and a clear answer to everybody else."""

import asyncio

import pytest

from bot.domain.orders import OrderState
from bot.usecases.look_up_orders import order_file
from handlers import ids
from handlers.views.cards import approval_card
from handlers.views.dialogs import REASON_INPUT
from tests.unit.handlers.reading import buttons, said


def card_value(office, order, label="Approve"):
    return buttons(approval_card(order_file(office.desk, order)).blocks)[label]["value"]


async def decline_form_of(office, order, by="U0LEAD001"):
    await office.people.presses("decline", card_value(office, order), by)
    return office.slack.sent("views.open")[-1]["view"]


def reason(text):
    return {ids.REASON: {REASON_INPUT: {"type": "plain_text_input", "value": text}}}


async def test_an_approver_approves_with_one_press(office):
    order = await office.request()
    answer = await office.people.presses("approve", card_value(office, order), "U0LEAD001")
    assert answer.status == 200 and not answer.body
    assert office.state(order) is OrderState.APPROVED
    assert office.slack.sent("respond") == []


async def test_two_approvers_at_once_make_one_decision_and_one_clear_answer(office):
    order = await office.request()
    value = card_value(office, order)
    await asyncio.gather(*(office.people.presses("approve", value, by) for by in ("U0LEAD001", "U0LEAD002")))
    [answer] = office.slack.sent("respond")
    assert "was already approved. Your click changed nothing." in answer["text"]
    assert answer["response_type"] == "ephemeral" and answer["replace_original"] is False
    assert office.audited(order.id).count("approved") == 1


@pytest.mark.parametrize(
    ("by", "says"), [("U0AGENT01", "This is your own request"), ("U0CTRL001", "not on the list of approvers")]
)
async def test_who_may_not_decide_is_told_why_and_nothing_happens(office, by, says):
    order = await office.request()
    for action in ("approve", "decline"):
        await office.people.presses(action, card_value(office, order), by)
    assert all(says in answer["text"] for answer in office.slack.sent("respond"))
    assert office.state(order) is OrderState.WAITING and not office.slack.sent("views.open")


async def test_rights_are_looked_up_anew_at_every_decision(office):
    await office.people.types("pending", by="U0LEAD001")
    office.slack.people["U0LEAD001"] = {"deleted": True}
    order = await office.request()
    await office.people.presses("approve", card_value(office, order), "U0LEAD001")
    assert "deactivated" in office.slack.sent("respond")[0]["text"]
    assert office.state(order) is OrderState.WAITING


async def test_a_button_for_other_terms_decides_nothing(office):
    order = await office.request()
    await office.people.presses("approve", f"{order.id}.0123456789ab", "U0LEAD001")
    assert "terms of this request changed" in office.slack.sent("respond")[0]["text"]
    assert office.state(order) is OrderState.WAITING


@pytest.mark.parametrize("value", ["", "x", "approve-me", "7;drop"])
async def test_a_button_we_never_made_is_from_an_older_version(office, value):
    for action in ("approve", "decline", "withdraw", "show_codes"):
        await office.people.presses(action, value, "U0LEAD001")
    assert all("older version" in answer["text"] for answer in office.slack.sent("respond"))
    assert len(office.slack.sent("respond")) == 4


@pytest.mark.parametrize("shape", ["{}", "{}.", "{}.{:.11}", "{}.{}", "{}.0", "+{}.{:.12}", "0{}.{:.12}"])
async def test_a_decision_without_the_terms_it_is_for_decides_nothing(office, shape):
    order = await office.request()
    await office.people.presses("approve", shape.format(order.id, order.digest), "U0LEAD001")
    form = {**await decline_form_of(office, order), "private_metadata": shape.format(order.id, order.digest)}
    answer = await office.people.submits(form, reason("No"))
    assert "older version" in office.slack.sent("respond")[0]["text"]
    assert "older version" in said(answer["view"])
    assert office.state(order) is OrderState.WAITING


@pytest.mark.parametrize("value", ["9" * 30, str(2**63), "9" * 5000, "\u0661", "-1", "1\n", "\ud800"])
async def test_a_number_that_is_no_order_of_ours_is_answered_kindly(office, value):
    for action in ("withdraw", "show_codes", "resolve"):
        await office.people.presses(action, value, "U0LEAD001")
    for action in ("approve", "decline", "confirm_resolution"):
        await office.people.presses(action, f"{value}.0123456789ab", "U0LEAD001")
        await office.people.presses(action, f"1.{value}", "U0LEAD001")
    assert ["older version" in answer["text"] for answer in office.slack.sent("respond")] == [True] * 9


async def test_declining_asks_for_a_reason_and_records_it(office):
    order = await office.request()
    form = await decline_form_of(office, order)
    assert await office.people.submits(form, reason("Duplicate of 4710")) == {}
    assert office.state(order) is OrderState.DECLINED
    assert office.desk.store.orders.get(order.id).trouble == "Duplicate of 4710"


@pytest.mark.parametrize("text", ["   ", "x" * 501, None])
async def test_a_reason_that_will_not_do_is_said_at_its_field(office, text):
    order = await office.request()
    answer = await office.people.submits(await decline_form_of(office, order), reason(text))
    assert answer["response_action"] == "errors" and list(answer["errors"]) == [ids.REASON]
    assert office.state(order) is OrderState.WAITING


async def test_a_decline_that_comes_too_late_is_told_in_the_form(office):
    order = await office.request()
    form = await decline_form_of(office, order)
    await office.people.presses("approve", card_value(office, order), "U0LEAD002")
    answer = await office.people.submits(form, reason("No"))
    assert answer["response_action"] == "update" and "was already approved" in said(answer["view"])


async def test_an_expired_trigger_is_explained_beside_the_card(office):
    order = await office.request()
    office.slack.refuse("views.open", "expired_trigger_id")
    await office.people.presses("decline", card_value(office, order), "U0LEAD001")
    assert "Press once more" in office.slack.sent("respond")[0]["text"]


async def test_withdrawing_from_the_list_brings_the_list_up_to_date(office):
    order = await office.request()
    await office.people.presses("withdraw", str(order.id), where="ephemeral")
    [answer] = office.slack.sent("respond")
    assert answer["replace_original"] is True and "withdrawn" in said(answer["blocks"])
    assert office.state(order) is OrderState.WITHDRAWN


async def test_withdrawing_on_home_draws_home_again(office):
    order = await office.request()
    await office.people.presses("withdraw", str(order.id), where="home")
    [home] = office.slack.sent("views.publish")
    assert "withdrawn" in said(home["view"])


async def test_only_the_requester_withdraws_and_on_home_a_window_says_so(office):
    order = await office.request()
    await office.people.presses("withdraw", str(order.id), "U0LEAD001", where="home")
    assert "Only the person who asked" in said(office.slack.sent("views.open")[0]["view"])
    assert office.state(order) is OrderState.WAITING


async def test_codes_asked_for_in_the_dm_are_answered_by_the_codes_alone(office):
    order = office.deliver_codes(await office.request(), "CODE-1")
    await office.people.presses("show_codes", str(order.id), where="dm")
    assert office.slack.sent("respond") == []
    assert len(office.rows_of("codes", order)) == 1
    assert "codes_requested" in office.audited(order.id)


async def test_codes_asked_for_elsewhere_are_announced_without_a_code(office):
    order = office.deliver_codes(await office.request(), "CODE-1")
    answer = await office.people.types(f"codes {order.client_reference.lower()}")
    assert "on their way in our DM" in answer["text"]
    await office.people.presses("show_codes", str(order.id), where="home")
    assert "on their way in our DM" in said(office.slack.sent("views.open")[0]["view"])
    assert not any("CODE-1" in str(call) for call in office.slack.calls)


@pytest.mark.parametrize("by", ["U0LEAD001", "U0AGENT02"])
async def test_codes_are_for_their_requester_only(office, by):
    order = office.deliver_codes(await office.request(), "CODE-1")
    await office.people.presses("show_codes", str(order.id), by)
    assert "only to the person who asked" in office.slack.sent("respond")[0]["text"]
    assert office.rows_of("codes", order) == []


async def test_codes_that_are_not_here_yet_are_explained(office):
    order = await office.request()
    answer = await office.people.types(f"codes {order.client_reference}")
    assert "still waits for approval" in answer["text"]
