"""The command itself: its first line, what survives a restart, what the page is served with."""

# ruff: noqa: E501  # one case a line, so that the table can be read
import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from bot.sandbox.slack.manifest_limits import faults_of_manifest
from bot.sandbox.slack.server import PAGE
from tests.integration.slack_sandbox.driver import SILENT, App, Json, Person, Slack, StandIn, named
from tests.support.waiting import until


def test_the_first_line_says_how_to_reach_it(process: StandIn) -> None:
    assert set(process.env) == {"SLACK_API_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"}
    assert process.env["SLACK_API_URL"] == f"{process.address}/api/"


async def test_every_url_it_hands_out_is_its_own(slack: Slack) -> None:
    me = await slack.api("auth.test")
    posted = await slack.api("chat.postMessage", channel="C0GENERAL1", text="x")
    link = (await slack.look("chat.getPermalink", channel="C0GENERAL1", message_ts=posted["ts"])).json()
    socket = await slack.api("apps.connections.open", token=slack.env["SLACK_APP_TOKEN"])

    assert me["url"] == f"{slack.address}/"
    assert link["permalink"] == f"{slack.address}/archives/C0GENERAL1/p{posted['ts'].replace('.', '')}"
    assert socket["url"].startswith(slack.address.replace("http", "ws"))
    assert (await slack.http.get(link["permalink"])).status_code == 200


async def test_forms_and_query_strings_say_the_same_as_json(slack: Slack) -> None:
    blocks = [{"type": "divider"}]
    posted = await slack.form("chat.postMessage", channel="C0GENERAL1", text="a form", blocks=blocks)
    headers = {"Authorization": f"Bearer {slack.env['SLACK_BOT_TOKEN']}"}
    query = await slack.http.post("/api/conversations.open", params={"users": "U0AGENT01"}, headers=headers)
    in_body = await slack.http.post("/api/auth.test", data={"token": slack.env["SLACK_BOT_TOKEN"]})

    assert posted["message"]["blocks"][0]["type"] == "divider"
    assert query.json()["channel"]["id"].startswith("D")
    assert in_body.json()["bot_id"] == "B0GIFTBOT"


async def test_tokens_are_not_recorded(slack: Slack) -> None:
    await slack.http.post("/api/auth.test", data={"token": slack.env["SLACK_BOT_TOKEN"]})

    assert await slack.calls(method="auth.test") != []
    assert await slack.calls(contains=slack.env["SLACK_BOT_TOKEN"]) == []


async def test_people_are_as_slack_shows_them(slack: Slack) -> None:
    async def person(user: str) -> dict[str, object]:
        return (await slack.look("users.info", user=user)).json()["user"]  # type: ignore[no-any-return]

    assert (await person("U0GUEST01"))["is_restricted"] is True
    assert (await person("U0GONE001"))["deleted"] is True
    stranger = await person("U0OTHER01")
    assert (stranger["is_stranger"], stranger["team_id"]) == (True, "T0OTHER01")
    assert (await person("USLACKBOT"))["is_bot"] is False
    assert (await person("U0GIFTBOT"))["is_bot"] is True
    assert "email" not in json.dumps(await person("U0AGENT01")), "that needs users:read.email"


async def test_lists_come_in_pages(slack: Slack) -> None:
    first = (await slack.look("users.list", limit="5")).json()
    cursor = first["response_metadata"]["next_cursor"]
    rest = (await slack.look("users.list", limit="5", cursor=cursor)).json()

    assert len(first["members"]) == 5
    assert rest["response_metadata"]["next_cursor"] == ""
    assert len({member["id"] for member in first["members"] + rest["members"]}) == 9


async def test_the_page_may_load_nothing_from_elsewhere(slack: Slack) -> None:
    page = await slack.http.get("/")
    outside = await slack.http.get("/page/..%2f..%2fcommand.py")

    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http" not in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-cache"
    assert outside.status_code == 404


async def test_a_page_boots_with_what_its_person_may_see(slack: Slack) -> None:
    boot = (await slack.http.get("/client/boot", params={"user": "U0AGENT01"})).json()
    gone = (await slack.http.get("/client/boot", params={"user": "U0GONE001"})).json()

    assert {channel["name"] for channel in boot["channels"] if channel["kind"] != "im"} == {
        "general",
        "support",
    }
    assert boot["app"] == {"name": "Gift Cards", "user": "U0GIFTBOT", "tabs": ["home", "messages"]}
    assert [command["command"] for command in boot["commands"]] == ["/giftcard", "/plain"]
    assert [shortcut["type"] for shortcut in boot["shortcuts"]] == ["global", "message"]
    assert gone == {"ok": False, "error": "account_inactive"}


async def test_unread_marks_come_and_go(slack: Slack) -> None:
    async def unread() -> int:
        boot = (await slack.http.get("/client/boot", params={"user": "U0LEAD002"})).json()
        return next(int(c["unread"]) for c in boot["channels"] if c["id"] == "C0GENERAL1")

    await slack.client("read", user="U0LEAD002", channel="C0GENERAL1")
    before = await unread()
    await slack.api("chat.postMessage", channel="C0GENERAL1", text="news")
    between = await unread()
    await slack.client("read", user="U0LEAD002", channel="C0GENERAL1")

    assert (before, between, await unread()) == (0, 1, 0)


async def test_a_first_dm_appears_in_the_persons_sidebar(slack: Slack) -> None:
    async with Person(slack, "U0CTRL001") as controller:
        dm = (await slack.api("conversations.open", users="U0CTRL001"))["channel"]["id"]
        shown = (await controller.frame("channel"))["channel"]

    assert (shown["id"], shown["kind"], shown["user"]) == (dm, "im", "U0GIFTBOT")


async def test_the_workspace_survives_a_restart_and_ephemerals_do_not(tmp_path: Path) -> None:
    state = tmp_path / "slack.json"
    before = StandIn("--state", str(state))
    slack = Slack(before)
    dm = (await slack.api("conversations.open", users="U0AGENT01"))["channel"]["id"]
    posted = await slack.api("chat.postMessage", channel=dm, text="keep me")
    await slack.api("chat.postEphemeral", channel=dm, user="U0AGENT01", text="forget me")
    home = {"type": "home", "blocks": [{"type": "divider"}], "private_metadata": "kept"}
    await slack.api("views.publish", user_id="U0AGENT01", view=home)
    await slack.http.aclose()
    assert before.stop() == 0

    after = StandIn("--state", str(state))
    slack = Slack(after)
    boot = (await slack.http.get("/client/boot", params={"user": "U0AGENT01"})).json()
    again = await slack.api("conversations.open", users="U0AGENT01")
    changed = await slack.api("chat.update", channel=dm, ts=posted["ts"], text="kept")
    await slack.http.aclose()
    assert after.stop() == 0

    assert {k: v for k, v in after.env.items() if k != "SLACK_API_URL"} == {
        k: v for k, v in before.env.items() if k != "SLACK_API_URL"
    }
    assert boot["home"]["private_metadata"] == "kept"
    assert (again["channel"]["id"], again["already_open"]) == (dm, True)
    assert changed["ok"]
    assert "forget me" not in state.read_text()


async def test_the_state_is_on_disk_soon_and_not_only_at_the_end(tmp_path: Path) -> None:
    state = tmp_path / "slack.json"
    process = StandIn("--state", str(state))
    slack = Slack(process)
    await slack.api("chat.postMessage", channel="C0GENERAL1", text="soon on disk")
    await until(lambda: "soon on disk" in state.read_text())
    await slack.http.aclose()
    process.process.kill()
    process.stop()


def test_without_a_manifest_everything_is_allowed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    process = StandIn(manifest=tmp_path / "absent.yml")
    boot = process.get("/client/boot", user="U0AGENT01")
    assert process.stop() == 0

    assert [command["command"] for command in boot["commands"]] == ["/giftcard"]
    assert "every scope, event and command is allowed" in capfd.readouterr().err


MANIFEST_FAULTS = [
    ("a name of 36", "display_information", {"name": "x" * 36}, "must be less than 36 characters [json-pointer:/display_information/name]"),
    ("a description of 141", "display_information", {"name": "x", "description": "x" * 141}, "must be less than 141 characters [json-pointer:/display_information/description]"),
    ("a long description of 174", "display_information", {"name": "x", "long_description": "x" * 174}, "must be more than 174 characters [json-pointer:/display_information/long_description]"),
    ("a bot's name of 81", "features", {"bot_user": {"display_name": "x" * 81}}, "must be less than 81 characters [json-pointer:/features/bot_user/display_name]"),
    ("a command of 33", "features", {"slash_commands": [{"command": "/" + "x" * 32}]}, "must be less than 33 characters [json-pointer:/features/slash_commands/0/command]"),
    ("51 commands", "features", {"slash_commands": [{"command": f"/c{n}"} for n in range(51)]}, "no more than 50 items allowed [json-pointer:/features/slash_commands]"),
    ("11 shortcuts", "features", {"shortcuts": [{"name": "x"}] * 11}, "no more than 10 items allowed [json-pointer:/features/shortcuts]"),
    ("a shortcut's name of 25", "features", {"shortcuts": [{"name": "x" * 25}]}, "must be less than 25 characters [json-pointer:/features/shortcuts/0/name]"),
    ("101 events", "settings", {"event_subscriptions": {"bot_events": ["e"] * 101}}, "no more than 100 items allowed [json-pointer:/settings/event_subscriptions/bot_events]"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "content", "fault"), named(MANIFEST_FAULTS))
def test_a_manifest_is_not_taken_with(part: str, content: Json, fault: str) -> None:
    assert faults_of_manifest({part: content}) == [fault]


def test_a_manifest_that_slack_would_not_take_is_said_line_by_line(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.yml"
    manifest.write_text(json.dumps({"display_information": {"name": "x" * 36}}))
    command = [sys.executable, "-m", "bot", "sandbox", "slack", "--port", "0", "--manifest", str(manifest)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "  must be less than 36 characters [json-pointer:/display_information/name]" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_it_is_ready_after_less_than_a_second_of_work() -> None:
    """Seconds of the processor, not of the wall: a busy machine must not fail it."""
    process = StandIn()
    ticks = Path(f"/proc/{process.process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    assert process.stop() == 0

    assert sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK") < 1


def test_what_the_page_is_made_of_is_served_as_it_lies_there(process: StandIn) -> None:
    """No build step: a browser gets the very files of the repository, and they name no other server."""
    for file in PAGE.iterdir():
        served = httpx.get(f"{process.address}/page/{file.name}", trust_env=False)
        assert served.content == file.read_bytes()
        addresses = re.findall(r"https?://[\w-]+(?:\.[\w-]+)+", served.text)
        assert {*addresses} <= {"http://www.w3.org", "https://example.com"}, file.name  # a name space, a hint


async def test_it_stops_cleanly_while_somebody_waits_for_an_ack(capfd: pytest.CaptureFixture[str]) -> None:
    process = StandIn()
    slack = Slack(process)
    async with App(slack) as app, Person(slack, "U0AGENT01") as agent:
        app.answers["/giftcard"] = SILENT
        waiting = asyncio.create_task(agent.command("/giftcard"))
        await app.got("/giftcard")
        assert await asyncio.to_thread(process.stop) == 0
        assert (await waiting)["error"] == "operation_timeout"
    await slack.http.aclose()

    assert capfd.readouterr().err == ""


def test_a_port_that_is_taken_is_said_in_one_line(process: StandIn) -> None:
    port = process.address.rpartition(":")[2]
    command = [sys.executable, "-m", "bot", "sandbox", "slack", "--port", port]
    second = subprocess.run(command, capture_output=True, text=True, check=False)

    assert second.returncode == 1
    assert second.stderr == f"Error: Cannot listen on 127.0.0.1:{port}: Address already in use.\n"
