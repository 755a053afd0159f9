"""The real bot does a day's work here: everything it sent to Slack was good Slack, and no code stayed."""

from collections.abc import Iterator

import pytest

from tests.acceptance.test_end_to_end import ask, fill_in
from tests.support.every import assert_every, assert_none
from tests.support.running_system import AGENT, CONTROLLER, GUEST, LEAD, RunningSystem
from tests.support.slack_user import SlackUser


@pytest.fixture(scope="module", params=["socket", "http"])
def system(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSystem]:
    """Every form, message and Home view that the bot has in everyday life was shown once."""
    system = RunningSystem(tmp_path_factory.mktemp(request.param), request.param)
    try:
        _a_days_work(system)
        yield system
    finally:
        for slack_user in system.people:
            slack_user.leave()
        system.end()


def _a_days_work(system: RunningSystem) -> None:
    agent, lead, controller = system.person(AGENT), system.person(LEAD), system.person(CONTROLLER)
    _cards_are_bought_and_shown(agent, lead, "2")
    _cards_are_bought_and_shown(agent, lead, "8")
    _a_request_is_mended_and_declined(agent, lead)
    for text in ("help", "balance", "mine", "status", "search steam", "quote steam us 20 x2", "serach steam"):
        agent.forget()
        agent.command(text)
        agent.sees("", kind="ephemeral")
    controller.command("pending")
    system.person(GUEST).command("")
    agent.post("shortcut", callback_id="issue_gift_card")
    agent.form("Gift card").close()
    for slack_user in (agent, lead, controller):
        slack_user.post("home", tab="home")
        slack_user.sees("", kind="home")


def _cards_are_bought_and_shown(agent: SlackUser, lead: SlackUser, quantity: str) -> None:
    for slack_user in (agent, lead):
        slack_user.forget()
    ask(agent, quantity=quantity)
    lead.press(lead.sees("asks for", kind="message"), "approve")
    agent.press(agent.sees("ready", "Show codes", kind="message"), "show_codes")
    agent.sees("Codes of", kind="ephemeral")


def _a_request_is_mended_and_declined(agent: SlackUser, lead: SlackUser) -> None:
    lead.forget()
    form = fill_in(agent)
    form.type("ticket", "https://evil.example/1")
    assert set(form.submit()["errors"]) == {form.element("ticket")[0]}
    form.type("ticket", "https://tickets.example.com/1")
    assert form.submit()["ok"]
    lead.press(lead.sees("asks for", kind="message"), "decline")
    reason = lead.form()
    reason.type("reason", "already refunded")
    assert reason.submit()["ok"]
    agent.sees("already refunded", kind="message")


def test_slack_refused_nothing_the_bot_sent(system: RunningSystem) -> None:
    calls = system.calls(kind="api") + system.calls(kind="response_url")

    assert_every(calls, lambda call: call["response"]["ok"])
    assert system.calls(kind="refused") == []
    assert {"views.open", "views.update", "views.publish", "chat.postMessage", "chat.update"} <= {
        call["method"] for call in calls
    }


def test_the_bot_sent_no_argument_that_slack_does_not_know(system: RunningSystem) -> None:
    assert_none(system.calls(kind="api"), lambda call: "unknown_arguments" in call)


def test_the_bot_answered_every_payload_in_time(system: RunningSystem) -> None:
    payloads = system.calls(kind="payload")

    assert_none(payloads, lambda payload: "error" in payload)
    assert_none(system.calls(kind="ack"), lambda ack: ack["late"] or ack["lost"])
    assert {
        "/giftcard", "block_suggestion", "block_actions", "view_submission", "shortcut", "app_home_opened"
    } <= {payload["method"] for payload in payloads}  # fmt: skip


def test_no_code_ever_left_in_a_persistent_message(system: RunningSystem) -> None:
    vouchers = [voucher for order in system.back_office.orders() for voucher in order["vouchers"]]
    secrets = {voucher[name] for voucher in vouchers for name in ("card_number", "claim_url")} - {None, ""}

    assert len(secrets) >= 10
    assert_none(secrets, system.persistent_messages)
    # They were shown, each at least once.
    assert_every(secrets, lambda secret: system.calls(contains=secret))
