"""What goes wrong is said kindly; what Slack tells of people and Home is acted on."""

import pytest
from structlog.testing import capture_logs

from tests.unit.handlers.reading import buttons, check_view, said


@pytest.mark.parametrize("where", ["message", "dm", "ephemeral"])
async def test_a_button_of_an_older_version_is_explained_beside_it(office, where):
    answer = await office.people.presses("teleport", "7", where=where)
    assert answer.status == 200
    assert "older version" in office.slack.sent("respond")[0]["text"]


@pytest.mark.parametrize(("where", "method"), [("home", "views.open"), ("modal", "views.push")])
async def test_where_there_is_no_message_a_window_explains_it(office, where, method):
    await office.people.presses("teleport", "7", where=where)
    [note] = office.slack.sent(method)
    assert "older version" in said(note["view"])
    check_view(note["view"])


async def test_a_form_of_an_older_version_keeps_what_was_typed_below_the_explanation(office):
    form = {"type": "modal", "callback_id": "order_form_v0", "private_metadata": ""}
    answer = await office.people.submits(form, {})
    assert answer["response_action"] == "push" and "older version" in said(answer["view"])


async def test_a_fault_of_ours_is_logged_without_the_payload_and_told_kindly(office):
    office.desk.store.close()
    with capture_logs() as logs:
        answer = await office.people.types("search tell-nobody")
        await office.people.presses("approve", "7.0123456789ab", "U0LEAD001")
    assert "Something went wrong here" in answer["text"]
    assert "Something went wrong here" in office.slack.sent("respond")[0]["text"]
    failed = [entry for entry in logs if entry["event"] == "listener_failed"]
    assert [entry["user"] for entry in failed] == ["U0AGENT01", "U0LEAD001"]
    assert failed[1]["action"] == "approve" and failed[1]["order_id"] == "7"
    assert not any("tell-nobody" in str(entry) for entry in logs)


async def test_a_fault_in_slow_work_is_told_as_well(office):
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the till is on fire")

    office.shop.quote = broken
    await office.people.presses("show_quote", "octopus:8101 50 1", where="ephemeral")
    assert "Something went wrong here" in office.slack.sent("respond")[0]["text"]


async def test_home_shows_requesters_their_orders_and_what_they_can_do(office):
    order = await office.request()
    await office.people.event("app_home_opened", user="U0AGENT01", tab="home")
    [home] = office.slack.sent("views.publish")
    check_view(home["view"], "home")
    assert {"Issue a gift card", "Withdraw"} == set(buttons(home["view"]))
    assert order.client_reference in said(home["view"])
    assert "Waiting for a decision" not in said(home["view"])


async def test_home_shows_those_who_see_all_what_waits(office):
    order = await office.request()
    await office.people.event("app_home_opened", user="U0CTRL001", tab="home")
    home = office.slack.sent("views.publish")[0]["view"]
    assert order.client_reference in said(home) and "<#C0APPROVE1>" in said(home)
    assert buttons(home) == {}


async def test_home_tells_strangers_why_it_is_empty(office):
    await office.people.event("app_home_opened", user="U0NOBODY1", tab="home")
    home = office.slack.sent("views.publish")[0]["view"]
    assert "You have no role with gift cards here" in said(home)


async def test_the_messages_tab_draws_nothing(office):
    await office.people.event("app_home_opened", user="U0AGENT01", tab="messages")
    assert office.slack.sent("views.publish") == []


@pytest.mark.parametrize("event", ["user_change", "subteam_updated", "subteam_members_changed"])
async def test_what_was_known_of_people_is_forgotten_when_slack_says_it_changed(office, event):
    await office.people.types("mine")
    await office.people.types("mine")
    assert len(office.slack.sent("users.info")) == 1
    await office.people.event(event)
    await office.people.types("mine")
    assert len(office.slack.sent("users.info")) == 2
