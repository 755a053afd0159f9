"""Block Kit as strict as Slack: each wrong message, modal or Home is refused at the exact place."""

from typing import Any

import pytest

from tests.integration.slack_sandbox.block_cases import (
    RIGHT,
    WRONG_IN_A_HOME,
    WRONG_IN_A_MESSAGE,
    WRONG_IN_A_MODAL,
    modal,
    mrkdwn,
)
from tests.integration.slack_sandbox.driver import App, Json, Person, Slack, named


@pytest.mark.parametrize(("blocks", "fault"), named(WRONG_IN_A_MESSAGE))
async def test_a_message_is_refused_with(slack: Slack, blocks: list[Any], fault: str) -> None:
    answer = await slack.api("chat.postMessage", channel="C0GENERAL1", text="hello", blocks=blocks)

    assert (answer["ok"], answer["error"]) == (False, "invalid_blocks")
    assert fault in answer["errors"]
    assert f"[ERROR] {fault}" in answer["response_metadata"]["messages"]


@pytest.mark.parametrize("blocks", named(RIGHT))
async def test_a_message_is_accepted_with(slack: Slack, blocks: list[Json]) -> None:
    assert (await slack.api("chat.postMessage", channel="C0GENERAL1", text="hello", blocks=blocks))["ok"]


@pytest.mark.parametrize(("view", "fault"), named(WRONG_IN_A_MODAL))
async def test_a_modal_is_refused_with(slack: Slack, app: App, agent: Person, view: Any, fault: str) -> None:
    await agent.command("/giftcard")
    trigger_id = (await app.got("/giftcard"))["trigger_id"]

    answer = await slack.api("views.open", trigger_id=trigger_id, view=view)

    assert (answer["ok"], answer["error"]) == (False, "invalid_arguments")
    assert f"[ERROR] {fault}" in answer["response_metadata"]["messages"]
    assert (await slack.api("views.open", trigger_id=trigger_id, view=modal()))["ok"], (
        "the trigger is not used up"
    )


@pytest.mark.parametrize(("view", "fault"), named(WRONG_IN_A_HOME))
async def test_a_home_is_refused_with(slack: Slack, view: Any, fault: str) -> None:
    answer = await slack.api("views.publish", user_id="U0AGENT01", view=view)

    assert (answer["ok"], answer["error"]) == (False, "invalid_arguments")
    assert f"[ERROR] {fault}" in answer["response_metadata"]["messages"]


async def test_a_view_of_more_than_250_kb_is_too_large(slack: Slack) -> None:
    blocks = [{"type": "section", "text": mrkdwn("x" * 2990)}] * 90

    answer = await slack.api("views.publish", user_id="U0AGENT01", view={"type": "home", "blocks": blocks})

    assert answer == {"ok": False, "error": "view_too_large"}
