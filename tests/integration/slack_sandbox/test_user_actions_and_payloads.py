"""What people do, and the payloads that reach the app for it."""

import asyncio
from typing import Any

import pytest

from tests.integration.slack_sandbox.block_cases import actions, button, options, plain, select
from tests.integration.slack_sandbox.driver import SILENT, App, Json, Person, Slack
from tests.integration.slack_sandbox.forms import form, open_form

EXTERNAL = {"type": "external_select", "action_id": "product", "min_query_length": 2}
MENU = {**actions(EXTERNAL), "block_id": "menu"}


async def post_with(slack: Slack, *blocks: Json, channel: str = "C0GENERAL1") -> Json:
    """Posts as the app; names the message as a container."""
    posted = await slack.api("chat.postMessage", channel=channel, text="x", blocks=list(blocks))
    assert posted["ok"], posted
    return {"type": "message", "channel": channel, "ts": posted["ts"]}


async def test_a_slash_command_has_slacks_fields(slack: Slack, app: App, agent: Person) -> None:
    await agent.command("/giftcard order  for @leo in #support & <b>")

    payload = await app.got("/giftcard")
    assert set(payload) == {
        "token", "team_id", "team_domain", "channel_id", "channel_name", "user_id", "user_name", "command",
        "text", "api_app_id", "is_enterprise_install", "response_url", "trigger_id",
    }  # fmt: skip
    assert payload["text"] == "order  for <@U0LEAD001|leo> in <#C0SUPPORT1|support> &amp; &lt;b&gt;"
    assert (payload["channel_id"], payload["channel_name"]) == ("C0GENERAL1", "general")
    assert (payload["team_id"], payload["is_enterprise_install"]) == ("T0ACME001", "false")


async def test_names_stay_names_without_should_escape(slack: Slack, app: App, agent: Person) -> None:
    await agent.command("/plain for @leo")

    assert (await app.got("/plain"))["text"] == "for @leo"


async def test_a_command_nobody_declared_does_not_reach_the_app(
    slack: Slack, app: App, agent: Person
) -> None:
    assert (await agent.command("/unheard"))["error"] == "unknown_command"
    assert (await agent.frame("notice"))["text"] == "/unheard is not a valid command."
    assert app.envelopes == []


@pytest.mark.parametrize("answer", [{"text": "Only you"}, {"text": "Only you", "response_type": "ephemeral"}])
async def test_an_ack_with_text_is_ephemeral_by_default(
    slack: Slack, app: App, agent: Person, answer: Json
) -> None:
    app.answers["/giftcard"] = answer

    await agent.command("/giftcard")

    assert (await agent.frame("ephemeral"))["message"]["text"] == "Only you"
    assert await slack.kept("Only you") == []


async def test_an_in_channel_ack_shows_the_command_too(slack: Slack, app: App, agent: Person) -> None:
    app.answers["/giftcard"] = {"text": "Everybody", "response_type": "in_channel"}

    await agent.command("/giftcard help")

    said = [(await agent.frame("message"))["message"]["text"] for _ in range(2)]
    assert said == ["/giftcard help", "Everybody"]


async def test_a_command_without_ack_fails_visibly_after_three_seconds(
    slack: Slack, app: App, agent: Person
) -> None:
    app.answers["/giftcard"] = SILENT
    waiting = asyncio.create_task(agent.command("/giftcard"))
    await app.got("/giftcard")

    await slack.pass_time(2.0)
    assert not waiting.done()
    await slack.pass_time(1.1)

    assert await waiting == {"ok": False, "error": "operation_timeout"}
    assert (await agent.frame("notice"))["text"] == "/giftcard failed because the app did not respond."


async def test_a_late_ack_is_recorded_as_late(slack: Slack, app: App, agent: Person) -> None:
    app.answers["/giftcard"] = SILENT
    waiting = asyncio.create_task(agent.command("/giftcard"))
    await app.got("/giftcard")
    await slack.pass_time(3.1)
    await waiting

    await app.ack(app.envelopes[-1], {"text": "too late"})
    await slack.arm("unreachable")
    await agent.command("/plain")  # the socket has been read up to here

    acks = await slack.calls(kind="ack", contains="too late")
    assert [ack["late"] for ack in acks] == [True]
    assert agent.all("ephemeral") == []


async def test_a_command_with_no_app_connected_fails_at_once(slack: Slack, agent: Person) -> None:
    assert (await agent.command("/giftcard"))["error"] == "dispatch_failed"


async def test_a_button_in_a_message_sends_block_actions(slack: Slack, app: App, agent: Person) -> None:
    choice = {**select(options=options(3)), "action_id": "pick"}
    row = {**actions(button(value="order-1", style="primary"), choice), "block_id": "row"}
    where = await post_with(slack, row)
    state = {"row": {"pick": {"type": "static_select", "selected_option": {"value": "v2"}}}}

    await agent.press(where, "go", "row", state=state)

    payload = await app.got("block_actions")
    (action,) = payload["actions"]
    assert action | {"action_ts": ""} == {
        "action_id": "go",
        "block_id": "row",
        "type": "button",
        "value": "order-1",
        "style": "primary",
        "text": plain("Go"),
        "action_ts": "",
    }
    assert payload["container"] == {
        "type": "message",
        "message_ts": where["ts"],
        "channel_id": "C0GENERAL1",
        "is_ephemeral": False,
    }
    assert payload["channel"] == {"id": "C0GENERAL1", "name": "general"}
    assert payload["message"]["ts"] == where["ts"]
    assert payload["state"]["values"]["row"]["pick"]["selected_option"] == options(3)[2]
    assert {"trigger_id", "response_url", "api_app_id", "token", "team"} <= set(payload)


async def test_a_choice_sends_the_option_that_was_offered(slack: Slack, app: App, agent: Person) -> None:
    where = await post_with(slack, {**actions(select(options=options(3))), "block_id": "row"})

    await agent.press(where, "pick", "row", "v1")
    assert (await app.got("block_actions"))["actions"][0]["selected_option"] == options(3)[1]
    assert (await agent.press(where, "pick", "row", "v9"))["error"] == "unknown_option"


async def test_an_external_menu_asks_the_app_from_its_least_query_on(
    slack: Slack, app: App, agent: Person
) -> None:
    app.answers["block_suggestion"] = {"options": options(2)}
    view = await open_form(slack, app, agent, form(MENU))
    inside: Json = {
        "container": {"type": "view", "view_id": view["id"]},
        "block_id": "menu",
        "action_id": "product",
    }

    too_short = await agent.do("suggest", value="s", **inside)
    offered = await agent.do("suggest", value="st", **inside)

    assert too_short == {"ok": True, "options": []}
    assert offered == {"ok": True, "options": options(2)}
    payload = await app.got("block_suggestion")
    assert (payload["value"], payload["action_id"], payload["block_id"]) == ("st", "product", "menu")
    assert payload["view"]["id"] == view["id"]
    assert "trigger_id" not in payload
    assert (await agent.do("action", value="v1", **inside))["ok"]
    assert (await agent.do("action", value="v7", **inside))["error"] == "unknown_option"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"options": options(101)}, id="101 options"),
        pytest.param({}, id="neither options nor groups"),
        pytest.param({"options": [{"text": plain("x" * 76), "value": "v"}]}, id="an option text of 76"),
        pytest.param(None, id="nothing"),
    ],
)
async def test_wrong_options_are_not_shown(slack: Slack, app: App, agent: Person, answer: Any) -> None:
    app.answers["block_suggestion"] = answer
    where = await post_with(slack, MENU)

    refused = await agent.do("suggest", container=where, block_id="menu", action_id="product", value="st")

    assert refused["error"] == "invalid_options"


async def test_shortcuts_reach_the_app(slack: Slack, app: App, agent: Person) -> None:
    said = await slack.client("message", user="U0AGENT01", channel="C0SUPPORT1", text="broken lamp")
    ts = said["message"]["ts"]

    await agent.do("shortcut", callback_id="new_card")
    await agent.do("shortcut", callback_id="make_good", channel="C0SUPPORT1", message_ts=ts)

    assert set(await app.got("shortcut")) >= {"callback_id", "trigger_id", "action_ts", "user", "team"}
    on_message = await app.got("message_action")
    assert on_message["message"]["text"] == "broken lamp"
    assert (on_message["message_ts"], on_message["channel"]["name"]) == (ts, "support")
    assert "response_url" in on_message


async def test_opening_home_is_an_event_with_the_view_that_is_there(
    slack: Slack, app: App, agent: Person
) -> None:
    await agent.do("home", tab="home")
    first = await app.got("app_home_opened")
    published = await slack.api("views.publish", user_id="U0AGENT01", view={"type": "home", "blocks": []})
    assert (await agent.frame("home"))["view"]["hash"] == published["view"]["hash"]
    await agent.do("home", tab="home")
    second = await app.got("app_home_opened", times=2)

    assert (first["type"], first["event"]["tab"], first["event"]["user"]) == (
        "event_callback",
        "home",
        "U0AGENT01",
    )
    assert second["event"]["view"]["id"] == published["view"]["id"]
    assert first["event_id"] != second["event_id"]


async def test_home_has_a_hash_too(slack: Slack) -> None:
    view = {"type": "home", "blocks": []}
    old = (await slack.api("views.publish", user_id="U0LEAD001", view=view))["view"]["hash"]
    assert (await slack.api("views.publish", user_id="U0LEAD001", view=view, hash=old))["ok"]

    assert (await slack.api("views.publish", user_id="U0LEAD001", view=view, hash=old))[
        "error"
    ] == "hash_conflict"


async def test_a_dm_to_the_bot_is_an_event_and_chatter_elsewhere_is_not(
    slack: Slack, app: App, agent: Person
) -> None:
    dm = (await slack.api("conversations.open", users="U0AGENT01"))["channel"]["id"]

    await agent.do("message", channel="C0SUPPORT1", text="not for the bot")
    await agent.do("message", channel=dm, text="hello bot")

    event = (await app.got("message"))["event"]
    assert (event["text"], event["channel_type"]) == ("hello bot", "im")
    assert [e["payload"]["event"]["text"] for e in app.envelopes] == ["hello bot"]


async def test_somebody_from_another_workspace_acts_under_their_own_team(
    slack: Slack, app: App, agent: Person
) -> None:
    async with Person(slack, "U0OTHER01") as olga:
        await olga.command("/giftcard", channel="C0SUPPORT1")

    assert (await app.got("/giftcard"))["team_id"] == "T0OTHER01"


async def test_a_deactivated_person_loses_their_tabs(slack: Slack, app: App) -> None:
    async with Person(slack, "U0GUEST01") as guest:
        await slack.control("people", user="U0GUEST01", deleted=True)
        try:
            await guest.gone()
            refused = await guest.command("/giftcard")
            seen = (await slack.look("users.info", user="U0GUEST01")).json()["user"]
        finally:
            await slack.control("people", user="U0GUEST01", deleted=False)

    assert refused["error"] == "account_inactive"
    assert seen["deleted"] is True
    assert (await app.got("user_change"))["event"]["user"]["id"] == "U0GUEST01"


async def test_a_changed_group_is_an_event_with_who_came_and_went(slack: Slack, app: App) -> None:
    await slack.control("groups", usergroup="S0AGENTS1", users=["U0CTRL001"])
    event = (await app.got("subteam_members_changed"))["event"]
    members = (await slack.look("usergroups.users.list", usergroup="S0AGENTS1")).json()["users"]
    await slack.control("groups", usergroup="S0AGENTS1", users=["U0AGENT01"])

    assert (event["added_users"], event["removed_users"]) == (["U0CTRL001"], ["U0AGENT01"])
    assert members == ["U0CTRL001"]


@pytest.mark.parametrize(
    "params",
    [
        pytest.param([], id="a list"),
        pytest.param({"user": "U0AGENT01"}, id="half of what is needed"),
        pytest.param({"user": "U0AGENT01", "state": {"b": "x"}}, id="a state of another shape"),
    ],
)
async def test_a_broken_call_of_the_page_is_told_so(slack: Slack, params: Any) -> None:
    answer = await slack.http.post("/client/submit", json=params)

    assert (answer.status_code, answer.json()["error"]) == (200, "invalid_arguments")


async def test_somebody_taken_out_of_a_channel_loses_it_at_once(slack: Slack) -> None:
    everybody = (await slack.look("conversations.members", channel="C0APPROVE1")).json()["members"]
    async with Person(slack, "U0LEAD001") as leo, Person(slack, "U0LEAD002") as lena:
        await slack.control("channels", channel="C0APPROVE1", members=[m for m in everybody if m != leo.user])
        lost = await leo.frame("channel_left")
        refused = await leo.do("message", channel="C0APPROVE1", text="still here?")
        left = (await lena.frame("channel"))["channel"]["members"]
        await slack.control("channels", channel="C0APPROVE1", members=everybody)
        back = (await leo.frame("channel"))["channel"]

    assert lost["channel"] == back["id"] == "C0APPROVE1"
    assert refused["error"] == "channel_not_found"
    assert "U0LEAD001" not in left
    assert lena.all("channel_left") == []


async def test_pages_hear_of_changed_people(slack: Slack, agent: Person) -> None:
    for is_guest in (True, False):
        await slack.control("people", user="U0CTRL001", is_restricted=is_guest)
        changed = (await agent.frame("user"))["user"]
        assert (changed["id"], changed["is_restricted"]) == ("U0CTRL001", is_guest)


async def test_pages_hear_of_changed_groups(slack: Slack, agent: Person) -> None:
    await slack.control("groups", usergroup="S0LEADS01", users=["U0LEAD002"])
    changed = (await agent.frame("usergroup"))["usergroup"]
    await slack.control("groups", usergroup="S0LEADS01", users=["U0LEAD001", "U0LEAD002"])

    assert (changed["handle"], changed["users"]) == ("support-leads", ["U0LEAD002"])


async def test_an_external_menu_waits_for_three_characters_unless_it_says_otherwise(
    slack: Slack, app: App, agent: Person
) -> None:
    app.answers["block_suggestion"] = {"options": options(1)}
    menu = {**actions({"type": "external_select", "action_id": "product"}), "block_id": "menu"}
    inside: Json = {"container": await post_with(slack, menu), "block_id": "menu", "action_id": "product"}

    offered = [
        (await agent.do("suggest", value=typed, **inside))["options"] for typed in ("st", "ste", "stea")
    ]

    assert offered == [[], options(1), options(1)]
    assert [e["payload"]["value"] for e in app.envelopes] == ["ste", "stea"], "one request per keystroke"


async def test_an_action_on_a_message_that_has_changed_meets_what_is_there_now(
    slack: Slack, app: App, agent: Person
) -> None:
    where = await post_with(slack, {**actions(button(value="v1")), "block_id": "row"})
    still_there = [{**actions(button(value="v2")), "block_id": "row"}]
    await slack.api("chat.update", channel=where["channel"], ts=where["ts"], text="x", blocks=still_there)
    assert (await agent.press(where, "go", "row"))["ok"]
    await slack.api("chat.update", channel=where["channel"], ts=where["ts"], text="decided")

    refused = await agent.press(where, "go", "row")

    assert [e["payload"]["actions"][0]["value"] for e in app.envelopes] == ["v2"]
    assert refused["error"] == "unknown_action"
