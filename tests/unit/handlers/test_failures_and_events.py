"""What goes wrong is said kindly; what Slack tells of people and Home is acted on."""

import pytest
from structlog.testing import capture_logs

from tests.support.every import assert_none
from tests.unit.handlers.block_kit_checks import buttons, check_view, said


@pytest.mark.parametrize("where", ["message", "dm", "ephemeral"])
async def test_a_button_of_an_older_version_is_explained_beside_it(harness, where):
    answer = await harness.people.presses("teleport", "7", where=where)
    assert answer.status == 200
    assert "older version" in harness.slack.sent("respond")[0]["text"]


@pytest.mark.parametrize(("where", "method"), [("home", "views.open"), ("modal", "views.push")])
async def test_where_there_is_no_message_a_window_explains_it(harness, where, method):
    await harness.people.presses("teleport", "7", where=where)
    [note] = harness.slack.sent(method)
    assert "older version" in said(note["view"])
    check_view(note["view"])


async def test_a_form_of_an_older_version_keeps_what_was_typed_below_the_explanation(harness):
    form = {"type": "modal", "callback_id": "order_form_v0", "private_metadata": ""}
    answer = await harness.people.submits(form, {})
    assert answer["response_action"] == "push" and "older version" in said(answer["view"])


async def test_a_fault_of_ours_is_logged_without_the_payload_and_told_kindly(harness):
    harness.ctx.store.close()
    with capture_logs() as logs:
        answer = await harness.people.types("search tell-nobody")
        await harness.people.presses("approve", "7.0123456789ab", "U0LEAD001")
    assert "Something went wrong here" in answer["text"]
    assert "Something went wrong here" in harness.slack.sent("respond")[0]["text"]
    failed = [entry for entry in logs if entry["event"] == "listener_failed"]
    assert [entry["user"] for entry in failed] == ["U0AGENT01", "U0LEAD001"]
    assert failed[1]["action"] == "approve" and failed[1]["order_id"] == "7"
    assert_none(logs, lambda entry: "tell-nobody" in str(entry))


async def test_a_fault_in_slow_work_is_told_as_well(harness):
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the till is on fire")

    harness.fake_vendor.quote = broken
    await harness.people.presses("show_quote", "octopus:8101 50 1", where="ephemeral")
    assert "Something went wrong here" in harness.slack.sent("respond")[0]["text"]


async def test_home_shows_requesters_their_orders_and_what_they_can_do(harness):
    order = await harness.request()
    await harness.people.event("app_home_opened", user="U0AGENT01", tab="home")
    [home] = harness.slack.sent("views.publish")
    check_view(home["view"], "home")
    assert {"Issue a gift card", "Withdraw"} == set(buttons(home["view"]))
    assert order.client_reference in said(home["view"])
    assert "Waiting for a decision" not in said(home["view"])


async def test_home_shows_those_who_see_all_what_waits(harness):
    order = await harness.request()
    await harness.people.event("app_home_opened", user="U0CTRL001", tab="home")
    home = harness.slack.sent("views.publish")[0]["view"]
    assert order.client_reference in said(home) and "<#C0APPROVE1>" in said(home)
    assert buttons(home) == {}


async def test_home_tells_strangers_why_it_is_empty(harness):
    await harness.people.event("app_home_opened", user="U0NOBODY1", tab="home")
    home = harness.slack.sent("views.publish")[0]["view"]
    assert "You have no role with gift cards here" in said(home)


async def test_the_messages_tab_draws_nothing(harness):
    await harness.people.event("app_home_opened", user="U0AGENT01", tab="messages")
    assert harness.slack.sent("views.publish") == []


@pytest.mark.parametrize("event", ["user_change", "subteam_updated", "subteam_members_changed"])
async def test_what_was_known_of_people_is_forgotten_when_slack_says_it_changed(harness, event):
    await harness.people.types("mine")
    await harness.people.types("mine")
    assert len(harness.slack.sent("users.info")) == 1
    await harness.people.event(event)
    await harness.people.types("mine")
    assert len(harness.slack.sent("users.info")) == 2
