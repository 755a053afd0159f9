"""Whoever is refused anything is on record with it, once, and with nothing of what they typed."""

import json

import pytest

from bot.domain.people import Person
from bot.domain.policy import Policy
from bot.services.decide_request import approve_request
from handlers import ids
from tests.support.at_once import saved
from tests.unit.handlers.conftest import POLICY
from tests.unit.handlers.order_factories import LEAD
from tests.unit.handlers.test_decisions import card_value, decline_form_of, reason


def refusals(harness):
    """(who, attempted, reason, about which order) of every refusal."""
    rows = [row for row in saved(harness.ctx).audit.rows() if row.action == "refused"]
    details = [json.loads(row.details) for row in rows]
    return [
        (str(row.actor).partition("/")[2], d["attempted"], d["reason"], row.order_id)
        for row, d in zip(rows, details, strict=True)
    ]


async def test_a_press_that_comes_too_late_or_on_an_old_card_is_on_record_with_its_order(harness):
    order = await harness.request()
    await harness.people.presses("approve", f"{order.id}.0123456789ab", "U0LEAD001")
    value = await card_value(harness, order)
    await approve_request(harness.ctx, Person(LEAD), order.id)
    await harness.people.presses("approve", value, "U0LEAD002")
    assert refusals(harness) == [
        ("U0LEAD001", "approve", "stale_order", order.id),
        ("U0LEAD002", "approve", "stale_order", order.id),
    ]


async def test_a_decline_refused_in_its_form_is_on_record(harness):
    order = await harness.request()
    form = await decline_form_of(harness, order)
    await approve_request(harness.ctx, Person(LEAD), order.id)
    await harness.people.submits(form, reason("secret words"))
    assert refusals(harness) == [("U0LEAD001", "decline_form", "stale_order", order.id)]
    assert "secret words" not in str([row.details for row in saved(harness.ctx).audit.rows()])


@pytest.mark.parametrize("typed", ["mine", "status", "balance", "search steam", "codes GC-1", "order"])
async def test_somebody_slack_does_not_know_is_on_record_with_what_they_tried(harness, typed):
    harness.slack.refuse("users.info", "user_not_found")
    await harness.people.types(typed, by="U0NOBODY1")
    [(who, _, why, _)] = refusals(harness)
    assert (who, why) == ("U0NOBODY1", "unknown_person")


async def test_what_is_already_on_record_is_not_written_twice(harness):
    order = await harness.request()
    await harness.people.presses("approve", await card_value(harness, order), "U0AGENT01")
    assert refusals(harness) == [("U0AGENT01", "decide", "self_approval", order.id)]


async def test_home_a_quote_and_a_button_of_an_older_version_are_on_record(harness):
    await harness.people.event("app_home_opened", user="U0NOBODY1", tab="home")
    await harness.people.types("quote octopus:999 20")
    await harness.people.presses("teleport", "7")
    assert refusals(harness) == [
        ("U0NOBODY1", "home", "not_involved", None),
        ("U0AGENT01", "quote", "field_error", None),
        ("U0AGENT01", "teleport", "outdated_component", None),
    ]


async def test_a_slip_of_the_pen_is_no_attempt_at_anything(harness):
    for typed in ("statsu", "search country:Atlantis", "quote"):
        await harness.people.types(typed)
    assert refusals(harness) == []


async def test_looking_at_somebody_elses_order_is_on_record_whether_it_is_shown_or_not(harness):
    order = await harness.request()
    await harness.people.types(f"status {order.client_reference}", by="U0AGENT01")
    await harness.people.types(f"status {order.client_reference}", by="U0CTRL001")
    answer = await harness.people.types(f"status {order.client_reference}", by="U0AGENT02")
    assert "that you can see" in answer["text"]
    looks = [row for row in saved(harness.ctx).audit.rows(order_id=order.id) if row.action == "viewed"]
    assert [getattr(row.actor, "user_id", None) for row in looks] == ["U0CTRL001"]
    assert refusals(harness) == [("U0AGENT02", "status", "not_found", order.id)]


async def test_a_form_that_is_refused_is_on_record_by_the_names_of_its_fields(harness):
    form = {"type": "modal", "callback_id": ids.ORDER_FORM, "private_metadata": "", "blocks": []}
    await harness.people.submits(form, {}, by="U0AGENT01")
    assert refusals(harness) == [("U0AGENT01", "order_form", "bad_request", None)]


async def test_what_the_policy_says_is_on_record_by_its_word(harness):
    order = await harness.request()
    harness.ctx.policy = Policy.model_validate(POLICY.model_dump() | {"vendors": {"forbidden": ["octopus"]}})
    await harness.people.presses("approve", await card_value(harness, order), "U0LEAD001")
    assert refusals(harness) == [("U0LEAD001", "approve", "vendor_forbidden_since", order.id)]


async def test_a_refused_quote_is_on_record_with_its_field_and_the_word_of_the_policy(harness):
    harness.ctx.policy = Policy.model_validate(POLICY.model_dump() | {"limits": {"quantity": 2}})
    answer = await harness.people.types("quote octopus:8101 50 x3")
    assert "At most 2 cards per order" in answer["text"]
    [row] = [row for row in saved(harness.ctx).audit.rows() if row.action == "refused"]
    assert json.loads(row.details) == {
        "attempted": "quote",
        "reason": "bad_request",
        "fields": ["quantity"],
        "denials": ["too_many"],
    }
