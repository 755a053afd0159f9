"""Messages for one person's open tabs, and the URLs that post without rights."""

from typing import Any

import pytest

from tests.integration.slack_sandbox.block_cases import actions, button
from tests.integration.slack_sandbox.driver import App, Json, Person, Slack
from tests.integration.slack_sandbox.forms import form, question

ROW = {**actions(button()), "block_id": "row"}


async def whisper(slack: Slack, text: str, **more: Any) -> Json:
    answer = await slack.api("chat.postEphemeral", channel="C0GENERAL1", user="U0AGENT01", text=text, **more)
    assert answer["ok"], answer
    return answer


async def response_url(app: App, person: Person) -> str:
    await person.command("/giftcard", channel="C0SUPPORT1")
    return str((await app.got("/giftcard"))["response_url"])


async def test_an_ephemeral_reaches_every_open_tab_of_its_person_and_nobody_else(
    slack: Slack, agent: Person
) -> None:
    async with Person(slack, "U0AGENT01") as other_tab, Person(slack, "U0LEAD001") as lead:
        answer = await whisper(slack, "CODE-1")
        seen = [(await tab.frame("ephemeral"))["message"]["ts"] for tab in (agent, other_tab)]
        await slack.api("chat.postMessage", channel="C0GENERAL1", text="for all")
        await lead.frame("message")
        assert lead.all("ephemeral") == []

    assert seen == [answer["message_ts"]] * 2


async def test_an_ephemeral_is_in_no_history_and_cannot_be_changed(slack: Slack, agent: Person) -> None:
    answer = await whisper(slack, "CODE-2")
    where = {"channel": "C0GENERAL1", "ts": answer["message_ts"]}

    history = await slack.api("conversations.history", channel="C0GENERAL1")
    seen = (
        await slack.http.get("/client/history", params={"user": "U0AGENT01", "channel": "C0GENERAL1"})
    ).json()

    assert "CODE-2" not in str(history)
    assert "CODE-2" not in str(seen)
    assert await slack.kept("CODE-2") == []
    assert (await slack.api("chat.update", text="x", **where))["error"] == "message_not_found"
    assert (await slack.api("chat.delete", **where))["error"] == "message_not_found"


async def test_an_ephemeral_without_an_open_tab_is_lost_and_slack_says_ok(slack: Slack) -> None:
    await whisper(slack, "CODE-3")
    async with Person(slack, "U0AGENT01") as agent:
        await slack.api("chat.postMessage", channel="C0GENERAL1", text="for all")
        await agent.frame("message")
        assert agent.all("ephemeral") == []

    (call,) = await slack.calls(contains="CODE-3")
    assert call["delivered"] is False


async def test_an_ephemeral_is_gone_when_its_tab_is_reloaded(slack: Slack, app: App) -> None:
    async with Person(slack, "U0AGENT01") as before:
        ts = (await whisper(slack, "CODE-4", blocks=[ROW]))["message_ts"]
        await before.frame("ephemeral")
    async with Person(slack, "U0AGENT01") as after:
        where = {"type": "ephemeral", "channel": "C0GENERAL1", "ts": ts}
        assert (await after.press(where, "go", "row"))["error"] == "message_not_found"


async def test_a_tab_opened_later_has_not_seen_an_ephemeral(slack: Slack, app: App, agent: Person) -> None:
    where = {"type": "ephemeral", "channel": "C0GENERAL1"}
    where["ts"] = (await whisper(slack, "CODE-7", blocks=[ROW]))["message_ts"]

    async with Person(slack, "U0AGENT01") as later:
        assert (await later.press(where, "go", "row"))["error"] == "message_not_found"
    assert (await agent.press(where, "go", "row"))["ok"]


async def test_only_its_own_response_url_can_change_an_ephemeral(
    slack: Slack, app: App, agent: Person
) -> None:
    ts = (await whisper(slack, "CODE-5", blocks=[ROW]))["message_ts"]
    where = {"type": "ephemeral", "channel": "C0GENERAL1", "ts": ts}
    await agent.press(where, "go", "row")
    payload = await app.got("block_actions")

    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload, "an ephemeral is kept nowhere"
    await slack.http.post(payload["response_url"], json={"text": "hidden again", "replace_original": True})
    changed = (await agent.frame("ephemeral_changed"))["message"]
    assert (changed["ts"], changed["text"]) == (ts, "hidden again")
    await slack.http.post(payload["response_url"], json={"delete_original": True})
    assert (await agent.frame("ephemeral_deleted"))["ts"] == ts


async def test_a_response_url_is_ephemeral_by_default_and_needs_no_membership(
    slack: Slack, app: App, agent: Person
) -> None:
    url = await response_url(app, agent)  # typed in #support, where the bot is not

    await slack.http.post(url, json={"text": "only you"})
    await slack.http.post(url, json={"text": "all of you", "response_type": "in_channel"})

    assert (await agent.frame("ephemeral"))["message"]["text"] == "only you"
    public = await agent.frame("message")
    assert (public["channel"], public["message"]["bot_id"]) == ("C0SUPPORT1", "B0GIFTBOT")


async def test_a_response_url_works_five_times(slack: Slack, app: App, agent: Person) -> None:
    url = await response_url(app, agent)

    answers = [(await slack.http.post(url, json={"text": f"{n}"})).json() for n in range(6)]

    assert [answer["ok"] for answer in answers] == [True] * 5 + [False]
    assert answers[5]["error"] == "used_url"


async def test_a_response_url_works_for_thirty_minutes(slack: Slack, app: App, agent: Person) -> None:
    url = await response_url(app, agent)

    await slack.pass_time(29 * 60)
    assert (await slack.http.post(url, json={"text": "in time"})).json()["ok"]
    await slack.pass_time(61)
    late = await slack.http.post(url, json={"text": "late"})

    assert (late.status_code, late.json()["error"]) == (404, "expired_url")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param({}, "no_text", id="nothing"),
        pytest.param({"text": "x" * 4001}, "msg_too_long", id="4001 characters"),
        pytest.param({"blocks": [{"type": "banner"}]}, "invalid_blocks", id="a wrong block"),
        pytest.param({"delete_original": True}, "message_not_found", id="deleting a typed command"),
        pytest.param([], "invalid_payload", id="a list"),
    ],
)
async def test_a_response_url_refuses(
    slack: Slack, app: App, agent: Person, body: object, error: str
) -> None:
    answer = await slack.http.post(await response_url(app, agent), json=body)

    assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_a_response_url_cannot_be_guessed(slack: Slack, app: App, agent: Person) -> None:
    url = await response_url(app, agent)

    answer = await slack.http.post(url[:-1] + ("0" if url[-1] != "0" else "1"), json={"text": "x"})

    assert (answer.status_code, answer.json()["error"]) == (404, "invalid_url")


async def test_replacing_a_kept_message_remembers_every_version(
    slack: Slack, app: App, agent: Person
) -> None:
    posted = await slack.api("chat.postMessage", channel="C0GENERAL1", text="version one", blocks=[ROW])
    where = {"type": "message", "channel": "C0GENERAL1", "ts": posted["ts"]}
    await agent.press(where, "go", "row")
    url = (await app.got("block_actions"))["response_url"]

    await slack.http.post(url, json={"text": "version two", "replace_original": "true"})
    await slack.api("chat.delete", channel="C0GENERAL1", ts=posted["ts"])

    versions = [message for message in await slack.kept("version") if message["ts"] == posted["ts"]]
    assert [(v["version"], v["text"], v["current"]) for v in versions] == [
        (1, "version one", False),
        (2, "version two", False),
    ]
    assert "blocks" not in versions[1], "new text without blocks takes the old blocks away"


async def test_new_blocks_without_text_lose_the_old_text(slack: Slack) -> None:
    posted = await slack.api("chat.postMessage", channel="C0GENERAL1", text="approve me", blocks=[ROW])

    changed = await slack.api(
        "chat.update", channel="C0GENERAL1", ts=posted["ts"], blocks=[{"type": "divider"}]
    )

    assert changed["text"] == "This content can't be displayed."
    assert "edited" not in changed["message"]


async def test_a_modal_opened_from_an_ephemeral_button_leaves_no_copy(
    slack: Slack, app: App, agent: Person
) -> None:
    ts = (await whisper(slack, "Reveal?", blocks=[ROW]))["message_ts"]
    await agent.press({"type": "ephemeral", "channel": "C0GENERAL1", "ts": ts}, "go", "row")
    trigger_id = (await app.got("block_actions"))["trigger_id"]

    await slack.api("views.open", trigger_id=trigger_id, view=form(question(initial_value="CODE-6")))

    assert (await agent.frame("view_opened"))["view"]["blocks"][0]["element"]["initial_value"] == "CODE-6"
    assert await slack.kept("CODE-6") == []
