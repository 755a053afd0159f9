# ruff: noqa: E501  # one case a line, so that the tables can be read
"""Web API calls that Slack refuses, each with its documented error."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.slack_sandbox.driver import MANIFEST, Json, Slack, StandIn, named

DIVIDER = {"type": "divider"}
HOME = {"type": "home", "blocks": [DIVIDER]}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Hi"}, "blocks": [DIVIDER]}

REFUSED: list[tuple[str, str, Json, str]] = [
    ("a method nobody knows", "chat.postTelegram", {}, "unknown_method"),
    ("a message to nowhere", "chat.postMessage", {"text": "x"}, "invalid_arguments"),
    ("a message of nothing", "chat.postMessage", {"channel": "C0GENERAL1"}, "no_text"),
    ("a message of empty text", "chat.postMessage", {"channel": "C0GENERAL1", "text": ""}, "no_text"),
    ("a channel that does not exist", "chat.postMessage", {"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
    ("a public channel without the bot", "chat.postMessage", {"channel": "C0SUPPORT1", "text": "x"}, "not_in_channel"),
    ("blocks that are not a list", "chat.postMessage", {"channel": "C0GENERAL1", "blocks": DIVIDER}, "invalid_blocks_format"),
    ("blocks that are broken JSON", "chat.postMessage", {"channel": "C0GENERAL1", "blocks": "[{"}, "invalid_blocks_format"),
    ("metadata without a type", "chat.postMessage", {"channel": "C0GENERAL1", "text": "x", "metadata": {"event_payload": {}}}, "invalid_metadata_format"),
    ("markdown next to text", "chat.postMessage", {"channel": "C0GENERAL1", "text": "x", "markdown_text": "x"}, "markdown_text_conflict"),
    ("a reply to nothing", "chat.postMessage", {"channel": "C0GENERAL1", "text": "x", "thread_ts": "1.000001"}, "cannot_reply_to_message"),
    ("101 attachments", "chat.postMessage", {"channel": "C0GENERAL1", "text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
    ("a DM to the bot itself", "chat.postMessage", {"channel": "U0GIFTBOT", "text": "x"}, "cannot_dm_bot"),
    ("an ephemeral for nobody", "chat.postEphemeral", {"channel": "C0GENERAL1", "text": "x"}, "invalid_arguments"),
    ("an ephemeral for a person elsewhere", "chat.postEphemeral", {"channel": "C0APPROVE1", "user": "U0AGENT01", "text": "x"}, "user_not_in_channel"),
    ("an ephemeral for a person who is gone", "chat.postEphemeral", {"channel": "C0GENERAL1", "user": "U0GONE001", "text": "x"}, "user_not_in_channel"),
    ("an ephemeral where the bot is not", "chat.postEphemeral", {"channel": "C0SUPPORT1", "user": "U0AGENT01", "text": "x"}, "not_in_channel"),
    ("an ephemeral of nothing", "chat.postEphemeral", {"channel": "C0GENERAL1", "user": "U0AGENT01"}, "no_text"),
    ("an ephemeral of 4001 characters", "chat.postEphemeral", {"channel": "C0GENERAL1", "user": "U0AGENT01", "text": "x" * 4001}, "msg_too_long"),
    ("a change to a message that is not there", "chat.update", {"channel": "C0GENERAL1", "ts": "1.000001", "text": "x"}, "message_not_found"),
    ("a change without ts", "chat.update", {"channel": "C0GENERAL1", "text": "x"}, "invalid_arguments"),
    ("a deletion of nothing", "chat.delete", {"channel": "C0GENERAL1", "ts": "1.000001"}, "message_not_found"),
    ("a JSON body for a method that does not read one", "chat.getPermalink", {"channel": "C0GENERAL1", "message_ts": "1.000001"}, "invalid_arguments"),
    ("a DM with nobody named", "conversations.open", {}, "users_list_not_supplied"),
    ("a DM with somebody unknown", "conversations.open", {"users": "U0NOBODY1"}, "user_not_found"),
    ("a DM with somebody who is gone", "conversations.open", {"users": "U0GONE001"}, "user_disabled"),
    ("a DM with a stranger", "conversations.open", {"users": "U0OTHER01"}, "user_not_visible"),
    ("a group DM without its scope", "conversations.open", {"users": "U0AGENT01,U0LEAD001"}, "missing_scope"),
    ("opening a channel as if it were a DM", "conversations.open", {"channel": "C0GENERAL1"}, "method_not_supported_for_channel_type"),
    ("history of a channel without the bot", "conversations.history", {"channel": "C0SUPPORT1"}, "not_in_channel"),
    ("a modal without trigger", "views.open", {"view": MODAL}, "invalid_arguments"),
    ("a modal without view", "views.open", {"trigger_id": "1.2.3"}, "invalid_arguments"),
    ("a trigger nobody made", "views.open", {"trigger_id": "1.2.3", "view": MODAL}, "invalid_trigger_id"),
    ("a push with a trigger nobody made", "views.push", {"trigger_id": "1.2.3", "view": MODAL}, "invalid_trigger_id"),
    ("an update of no view", "views.update", {"view": MODAL}, "invalid_arguments"),
    ("an update of a view that is not open", "views.update", {"view_id": "V0GONE", "view": MODAL}, "not_found"),
    ("an update by an unknown external_id", "views.update", {"external_id": "mine", "view": MODAL}, "not_found"),
    ("a Home for nobody", "views.publish", {"view": HOME}, "invalid_arguments"),
    ("a Home for somebody unknown", "views.publish", {"user_id": "U0NOBODY1", "view": HOME}, "invalid_arguments"),
    ("an echo of an error", "api.test", {"error": "so_be_it"}, "so_be_it"),
]  # fmt: skip

REFUSED_LOOKS: list[tuple[str, str, dict[str, str], str]] = [
    ("a person nobody knows", "users.info", {"user": "U0NOBODY1"}, "user_not_found"),
    ("no person named", "users.info", {}, "invalid_arguments"),
    ("a group nobody knows", "usergroups.users.list", {"usergroup": "S0NONE"}, "no_such_subteam"),
    ("another team", "team.info", {"team": "T0OTHER01"}, "team_not_found"),
    ("a bot nobody knows", "bots.info", {"bot": "B0OTHER"}, "bot_not_found"),
    ("a channel nobody knows", "conversations.info", {"channel": "C0NOWHERE"}, "channel_not_found"),
    ("members of nowhere", "conversations.members", {"channel": "C0NOWHERE"}, "channel_not_found"),
    ("a cursor Slack did not give", "conversations.members", {"channel": "C0GENERAL1", "cursor": "x"}, "invalid_cursor"),
    ("a limit of many", "conversations.members", {"channel": "C0GENERAL1", "limit": "many"}, "invalid_limit"),
    ("a limit of 1001", "conversations.list", {"limit": "1001"}, "invalid_limit"),
    ("conversations of a kind nobody knows", "conversations.list", {"types": "carrier_pigeon"}, "invalid_types"),
    ("a link to nothing", "chat.getPermalink", {"channel": "C0GENERAL1", "message_ts": "1.000001"}, "message_not_found"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "args", "error"), named(REFUSED))
async def test_slack_refuses(slack: Slack, method: str, args: Json, error: str) -> None:
    answer = await slack.api(method, **args)

    assert (answer["ok"], answer["error"]) == (False, error)


@pytest.mark.parametrize(("method", "args", "error"), named(REFUSED_LOOKS))
async def test_slack_refuses_to_show(slack: Slack, method: str, args: dict[str, str], error: str) -> None:
    answer = (await slack.look(method, **args)).json()

    assert (answer["ok"], answer["error"]) == (False, error)


async def test_missing_arguments_are_named(slack: Slack) -> None:
    answer = await slack.api("chat.update", text="x")

    assert answer["response_metadata"]["messages"] == [
        "[ERROR] missing required field: ts",
        "[ERROR] missing required field: channel",
    ]


async def test_an_argument_that_slack_does_not_know_is_ignored_and_on_record(slack: Slack) -> None:
    ignored = await slack.api("chat.postMessage", channel="C0GENERAL1", text="x", colour="red")
    misnamed = await slack.api("chat.postMessage", channel="C0GENERAL1", text="x", **{"colour me": "red"})

    assert (ignored["ok"], misnamed["error"]) == (True, "invalid_arg_name")
    first, _ = await slack.calls(method="chat.postMessage")
    assert first["unknown_arguments"] == ["colour"]


async def test_a_message_is_cut_at_40000_characters_and_a_change_to_it_refused_from_4001(
    slack: Slack,
) -> None:
    posted = await slack.api("chat.postMessage", channel="C0GENERAL1", text="x" * 40_001)
    where = {"channel": "C0GENERAL1", "ts": posted["ts"]}

    assert len(posted["message"]["text"]) == 40_000
    assert (await slack.api("chat.update", text="x" * 4_001, **where))["error"] == "msg_too_long"
    assert (await slack.api("chat.delete", **where))["ok"]


async def test_a_call_without_token_is_not_authed(slack: Slack) -> None:
    answer = (await slack.http.post("/api/auth.test")).json()

    assert answer == {"ok": False, "error": "not_authed"}


@pytest.mark.parametrize(
    ("method", "token", "error"),
    [
        pytest.param("auth.test", "xoxb-1-not-ours", "invalid_auth", id="a token of somebody else"),
        pytest.param(
            "apps.connections.open", "SLACK_BOT_TOKEN", "not_allowed_token_type", id="a bot opening a socket"
        ),
        pytest.param(
            "chat.postMessage", "SLACK_APP_TOKEN", "not_allowed_token_type", id="an app token posting"
        ),
    ],
)
async def test_the_wrong_token_is_refused(slack: Slack, method: str, token: str, error: str) -> None:
    answer = await slack.api(method, token=slack.env.get(token, token), channel="C0GENERAL1", text="x")

    assert answer == {"ok": False, "error": error}


@pytest.mark.parametrize(
    ("content_type", "body", "error"),
    [
        pytest.param("application/json", b"{", "invalid_json", id="broken JSON"),
        pytest.param("application/json", b"[]", "json_not_object", id="a JSON list"),
        pytest.param("text/xml", b"<x/>", "invalid_post_type", id="XML"),
    ],
)
async def test_a_body_slack_cannot_read_is_refused(
    slack: Slack, content_type: str, body: bytes, error: str
) -> None:
    answer = await slack.http.post(
        "/api/chat.postMessage", content=body, headers={"Content-Type": content_type}
    )

    assert answer.json() == {"ok": False, "error": error}


async def test_a_private_channel_without_the_bot_does_not_exist_for_it(slack: Slack) -> None:
    everybody = (await slack.look("conversations.members", channel="C0APPROVE1")).json()["members"]
    await slack.control("channels", channel="C0APPROVE1", members=["U0LEAD001"])
    try:
        answer = await slack.api("chat.postMessage", channel="C0APPROVE1", text="x")
        listed = (await slack.look("conversations.list", types="private_channel")).json()["channels"]
    finally:
        await slack.control("channels", channel="C0APPROVE1", members=everybody)

    assert answer["error"] == "channel_not_found"
    assert listed == []


async def test_an_archived_channel_takes_no_message(slack: Slack) -> None:
    await slack.control("channels", channel="C0GENERAL1", archived=True)
    try:
        answer = await slack.api("chat.postMessage", channel="C0GENERAL1", text="x")
    finally:
        await slack.control("channels", channel="C0GENERAL1", archived=False)

    assert answer["error"] == "is_archived"


async def test_a_message_of_somebody_else_cannot_be_changed_or_deleted(slack: Slack) -> None:
    said = await slack.client("message", user="U0AGENT01", channel="C0GENERAL1", text="hello")
    where = {"channel": "C0GENERAL1", "ts": said["message"]["ts"]}

    assert (await slack.api("chat.update", text="x", **where))["error"] == "cant_update_message"
    assert (await slack.api("chat.delete", **where))["error"] == "cant_delete_message"


async def test_a_disabled_group_has_no_members_to_show(slack: Slack) -> None:
    await slack.control("groups", usergroup="S0LEADS01", disabled=True)
    try:
        hidden = (await slack.look("usergroups.users.list", usergroup="S0LEADS01")).json()
        shown = (
            await slack.look("usergroups.users.list", usergroup="S0LEADS01", include_disabled="true")
        ).json()
        listed = (await slack.look("usergroups.list")).json()["usergroups"]
    finally:
        await slack.control("groups", usergroup="S0LEADS01", disabled=False)

    assert hidden["error"] == "no_such_subteam"
    assert shown["users"] == ["U0LEAD001", "U0LEAD002"]
    assert [group["id"] for group in listed] == ["S0AGENTS1"]


@pytest.fixture(scope="module")
def poor_manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An app that may do nothing and has no tabs."""
    manifest: dict[str, Any] = yaml.safe_load(MANIFEST.read_text())
    manifest["oauth_config"]["scopes"]["bot"] = ["im:write", "chat:write"]
    manifest["features"]["app_home"] = {"home_tab_enabled": False, "messages_tab_enabled": False}
    path = tmp_path_factory.mktemp("manifest") / "manifest.yml"
    path.write_text(json.dumps(manifest))
    return path


@pytest.fixture
async def poor_slack(poor_manifest: Path) -> AsyncIterator[Slack]:
    process = StandIn(manifest=poor_manifest)
    calls = Slack(process)
    yield calls
    await calls.http.aclose()
    assert process.stop() == 0


async def test_scopes_and_tabs_come_from_the_manifest(poor_slack: Slack) -> None:
    slack = poor_slack
    person = (await slack.look("users.info", user="U0AGENT01")).json()
    dm = (await slack.api("conversations.open", users="U0AGENT01"))["channel"]["id"]
    message = await slack.api("chat.postMessage", channel=dm, text="x")
    home = await slack.api("views.publish", user_id="U0AGENT01", view=HOME)
    scopes = (await slack.response("auth.test")).headers["x-oauth-scopes"]

    assert (person["error"], person["needed"]) == ("missing_scope", "users:read")
    assert person["provided"] == "chat:write,im:write"
    assert message["error"] == "messages_tab_disabled"
    assert home["error"] == "not_enabled"
    assert scopes == "chat:write,im:write"
