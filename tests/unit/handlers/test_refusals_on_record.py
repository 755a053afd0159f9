"""Whoever is refused anything is on record with it, once, and with nothing of what they typed."""

import json

import pytest

from bot.domain.people import Person
from bot.usecases.decide_request import approve_request
from handlers import ids
from tests.unit.handlers.orders import LEAD
from tests.unit.handlers.test_decisions import card_value, decline_form_of, reason


def refusals(office):
    """(who, attempted, reason, about which order) of every refusal."""
    rows = [row for row in office.desk.store.audit.rows() if row.action == "refused"]
    details = [json.loads(row.details) for row in rows]
    return [
        (str(row.actor).partition("/")[2], d["attempted"], d["reason"], row.order_id)
        for row, d in zip(rows, details, strict=True)
    ]


async def test_a_press_that_comes_too_late_or_on_an_old_card_is_on_record_with_its_order(office):
    order = await office.request()
    await office.people.presses("approve", f"{order.id}.0123456789ab", "U0LEAD001")
    value = card_value(office, order)
    approve_request(office.desk, Person(LEAD), order.id)
    await office.people.presses("approve", value, "U0LEAD002")
    assert refusals(office) == [
        ("U0LEAD001", "approve", "too_late", order.id),
        ("U0LEAD002", "approve", "too_late", order.id),
    ]


async def test_a_decline_refused_in_its_form_is_on_record(office):
    order = await office.request()
    form = await decline_form_of(office, order)
    approve_request(office.desk, Person(LEAD), order.id)
    await office.people.submits(form, reason("secret words"))
    assert refusals(office) == [("U0LEAD001", "decline_form", "too_late", order.id)]
    assert "secret words" not in str([row.details for row in office.desk.store.audit.rows()])


@pytest.mark.parametrize("typed", ["mine", "status", "balance", "search steam", "codes GC-1", "order"])
async def test_somebody_slack_does_not_know_is_on_record_with_what_they_tried(office, typed):
    office.slack.refuse("users.info", "user_not_found")
    await office.people.types(typed, by="U0NOBODY1")
    [(who, _, why, _)] = refusals(office)
    assert (who, why) == ("U0NOBODY1", "unknown_person")


async def test_what_is_already_on_record_is_not_written_twice(office):
    order = await office.request()
    await office.people.presses("approve", card_value(office, order), "U0AGENT01")
    assert refusals(office) == [("U0AGENT01", "decide", "self_approval", order.id)]


async def test_home_a_quote_and_a_button_of_an_older_version_are_on_record(office):
    await office.people.event("app_home_opened", user="U0NOBODY1", tab="home")
    await office.people.types("quote octopus:999 20")
    await office.people.presses("teleport", "7")
    assert refusals(office) == [
        ("U0NOBODY1", "home", "not_involved", None),
        ("U0AGENT01", "quote", "bad_field", None),
        ("U0AGENT01", "teleport", "from_older_version", None),
    ]


async def test_a_slip_of_the_pen_is_no_attempt_at_anything(office):
    for typed in ("statsu", "search country:Atlantis", "quote"):
        await office.people.types(typed)
    assert refusals(office) == []


async def test_looking_at_somebody_elses_order_is_on_record_whether_it_is_shown_or_not(office):
    order = await office.request()
    await office.people.types(f"status {order.client_reference}", by="U0AGENT01")
    await office.people.types(f"status {order.client_reference}", by="U0CTRL001")
    answer = await office.people.types(f"status {order.client_reference}", by="U0AGENT02")
    assert "that you can see" in answer["text"]
    looks = [row for row in office.desk.store.audit.rows(order_id=order.id) if row.action == "looked_at"]
    assert [row.actor.user_id for row in looks] == ["U0CTRL001"]
    assert refusals(office) == [("U0AGENT02", "status", "not_found", order.id)]


async def test_a_form_that_is_refused_is_on_record_by_the_names_of_its_fields(office):
    form = {"type": "modal", "callback_id": ids.ORDER_FORM, "private_metadata": "", "blocks": []}
    await office.people.submits(form, {}, by="U0AGENT01")
    assert refusals(office) == [("U0AGENT01", "order_form", "bad_request", None)]
