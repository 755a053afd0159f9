"""The real bot does a day's work here: everything it sent to Slack was good Slack, and no code stayed."""

from collections.abc import Iterator

import pytest

from tests.acceptance.someone import Someone
from tests.acceptance.stage import AGENT, CONTROLLER, GUEST, LEAD, Stage
from tests.acceptance.test_main_job import ask, fill_in


@pytest.fixture(scope="module", params=["socket", "http"])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Every form, message and Home view that the bot has in everyday life was shown once."""
    stage = Stage(tmp_path_factory.mktemp(request.param), request.param)
    try:
        _a_days_work(stage)
        yield stage
    finally:
        for someone in stage.people:
            someone.leave()
        stage.end()


def _a_days_work(stage: Stage) -> None:
    agent, lead, controller = stage.person(AGENT), stage.person(LEAD), stage.person(CONTROLLER)
    _cards_are_bought_and_shown(agent, lead, "2")
    _cards_are_bought_and_shown(agent, lead, "8")
    _a_request_is_mended_and_declined(agent, lead)
    for text in ("help", "balance", "mine", "status", "search steam", "quote steam us 20 x2", "serach steam"):
        agent.forget()
        agent.command(text)
        agent.sees("", kind="ephemeral")
    controller.command("pending")
    stage.person(GUEST).command("")
    agent.post("shortcut", callback_id="issue_gift_card")
    agent.form("Gift card").close()
    for someone in (agent, lead, controller):
        someone.post("home", tab="home")
        someone.sees("", kind="home")


def _cards_are_bought_and_shown(agent: Someone, lead: Someone, quantity: str) -> None:
    for someone in (agent, lead):
        someone.forget()
    ask(agent, quantity=quantity)
    lead.press(lead.sees("asks for", kind="message"), "approve")
    agent.press(agent.sees("ready", "Show codes", kind="message"), "show_codes")
    agent.sees("Codes of", kind="ephemeral")


def _a_request_is_mended_and_declined(agent: Someone, lead: Someone) -> None:
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


def test_slack_refused_nothing_the_bot_sent(stage: Stage) -> None:
    calls = stage.calls(kind="api") + stage.calls(kind="response_url")

    assert [call for call in calls if not call["response"]["ok"]] == []
    assert stage.calls(kind="refused") == []
    assert {"views.open", "views.update", "views.publish", "chat.postMessage", "chat.update"} <= {
        call["method"] for call in calls
    }


def test_the_bot_sent_no_argument_that_slack_does_not_know(stage: Stage) -> None:
    assert [call for call in stage.calls(kind="api") if "unknown_arguments" in call] == []


def test_the_bot_answered_every_payload_in_time(stage: Stage) -> None:
    payloads = stage.calls(kind="payload")

    assert [payload for payload in payloads if "error" in payload] == []
    assert [ack for ack in stage.calls(kind="ack") if ack["late"] or ack["lost"]] == []
    assert {
        "/giftcard", "block_suggestion", "block_actions", "view_submission", "shortcut", "app_home_opened"
    } <= {payload["method"] for payload in payloads}  # fmt: skip


def test_no_code_ever_left_in_a_persistent_message(stage: Stage) -> None:
    vouchers = [voucher for order in stage.office.orders() for voucher in order["vouchers"]]
    secrets = {voucher[name] for voucher in vouchers for name in ("card_number", "claim_url")} - {None, ""}

    assert len(secrets) >= 10
    assert [message for secret in secrets for message in stage.persistent_messages(secret)] == []
    assert all(stage.calls(contains=secret) for secret in secrets), "they were shown, each at least once"
