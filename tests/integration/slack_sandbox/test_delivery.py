"""How payloads travel: Socket Mode connections, signed posts, retries, and everything that goes wrong."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import httpx
import pytest
from aiohttp import web
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.integration.slack_sandbox.driver import SILENT, App, Json, Person, Slack, StandIn
from tests.integration.slack_sandbox.forms import open_form, said
from tests.support.every import assert_every


async def test_a_socket_url_works_once(slack: Slack) -> None:
    opened = await slack.api("apps.connections.open", token=slack.env["SLACK_APP_TOKEN"])
    async with connect(opened["url"], proxy=None) as socket:
        hello = json.loads(await socket.recv())
    with pytest.raises(InvalidStatus):
        await connect(opened["url"], proxy=None)

    assert (hello["type"], hello["connection_info"]) == ("hello", {"app_id": "A0GIFTAPP"})
    assert hello["debug_info"]["approximate_connection_time"] > 0


async def test_an_envelope_goes_to_one_connection_at_a_time(slack: Slack, agent: Person) -> None:
    async with App(slack) as first, App(slack) as second:
        for _ in range(4):
            await agent.command("/giftcard")

        assert (len(first.envelopes), len(second.envelopes)) == (2, 2)
        assert set(first.envelopes[0]) == {"envelope_id", "type", "payload", "accepts_response_payload"}


async def test_the_eleventh_connection_is_one_too_many(slack: Slack) -> None:
    apps = [App(slack) for _ in range(11)]
    async with asyncio.timeout(10):
        for app in apps:
            await app.__aenter__()
        await apps[10].gone()
    assert apps[10].frames[0]["reason"] == "too_many_websockets"
    for app in apps[:10]:
        await app.__aexit__()


async def test_a_refreshed_connection_gets_nothing_more_once_there_is_another(
    slack: Slack, agent: Person
) -> None:
    async with App(slack) as old:
        await slack.control("socket", do="disconnect")
        frame = (await old.until(lambda: old.all("disconnect")))[0]
        assert frame["reason"] == "refresh_requested"
        await agent.command("/giftcard")
        assert len(old.envelopes) == 1, "while there is no other, the old one still serves"
        async with App(slack) as new:
            await agent.command("/giftcard")
            await agent.command("/giftcard")
            assert (len(old.envelopes), len(new.envelopes)) == (1, 2)


@pytest.mark.parametrize("reason", ["refresh_requested", "link_disabled"])
async def test_a_connection_is_told_why_it_must_go(slack: Slack, app: App, reason: str) -> None:
    await slack.control("socket", do="disconnect", reason=reason)

    assert (await app.until(lambda: app.all("disconnect")))[0]["reason"] == reason
    assert (await slack.http.get("/control/state")).json()["connections"] == 0


async def test_a_warning_leaves_the_connection_in_service(slack: Slack, app: App, agent: Person) -> None:
    await slack.control("socket", do="disconnect", reason="warning")
    await app.until(lambda: app.all("disconnect"))

    assert (await agent.command("/giftcard"))["ok"]
    assert (await slack.http.get("/control/state")).json()["connections"] == 1


async def test_a_cut_connection_says_nothing(slack: Slack) -> None:
    app = App(slack)
    await app.__aenter__()
    await slack.control("socket", do="cut")
    await app.gone()

    assert [frame["type"] for frame in app.frames] == ["hello"]
    assert app.close_code is None or app.close_code == 1006


async def test_an_envelope_may_arrive_twice(slack: Slack, app: App, agent: Person) -> None:
    await slack.arm("duplicate")

    assert (await agent.command("/giftcard"))["ok"]

    await app.got("/giftcard", times=2)
    assert app.envelopes[0] == app.envelopes[1]
    await agent.command("/giftcard")
    assert len(app.envelopes) == 3, "the fault is used up"


async def test_an_ack_may_come_too_late(slack: Slack, app: App, agent: Person) -> None:
    app.answers["view_submission"] = {"response_action": "clear"}
    view = await open_form(slack, app, agent)
    await slack.arm("late_ack", method="view_submission")

    late = await agent.do("submit", view_id=view["id"], state=said("x"))
    in_time = await agent.do("submit", view_id=view["id"], state=said("x"))

    assert late["error"] == "operation_timeout"
    assert in_time["ok"], "the late one changed nothing for the person"


async def test_an_ack_may_be_lost_with_its_connection(slack: Slack, agent: Person) -> None:
    app = App(slack)
    await app.__aenter__()
    await slack.arm("lost_ack", method="/giftcard")

    assert (await agent.command("/giftcard"))["error"] == "operation_timeout"

    await app.gone()
    assert len(app.envelopes) == 1


async def test_an_event_without_ack_comes_again_at_once_then_after_one_and_five_minutes(
    slack: Slack, app: App, agent: Person
) -> None:
    app.answers["app_home_opened"] = SILENT
    await agent.do("home", tab="home")
    for times, pause in enumerate((3.1, 3.1 + 60, 3.1 + 300, 3.1 + 9999), start=1):
        await app.got("app_home_opened", times=times)
        await slack.pass_time(3.1)
        await slack.pass_time(pause - 3.1)

    await slack.arm("unreachable")
    await agent.command("/giftcard")
    tries = [e for e in app.envelopes if e["type"] == "events_api"]
    assert [(e["retry_attempt"], e["retry_reason"]) for e in tries] == [
        (0, ""),
        (1, "timeout"),
        (2, "timeout"),
        (3, "timeout"),
    ]
    assert len({e["payload"]["event_id"] for e in tries}) == 1


async def test_an_expired_trigger_can_be_had_on_demand(slack: Slack, app: App, agent: Person) -> None:
    await slack.arm("expired_trigger", user="U0AGENT01")
    await agent.command("/giftcard")
    trigger_id = (await app.got("/giftcard"))["trigger_id"]

    view = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": []}
    assert (await slack.api("views.open", trigger_id=trigger_id, view=view))["error"] == "expired_trigger_id"


async def test_a_person_can_be_offline_for_one_ephemeral(slack: Slack, agent: Person) -> None:
    await slack.arm("offline", user="U0AGENT01")
    where = {"channel": "C0GENERAL1", "user": "U0AGENT01"}

    assert (await slack.api("chat.postEphemeral", text="lost", **where))["ok"]
    assert (await slack.api("chat.postEphemeral", text="found", **where))["ok"]

    assert (await agent.frame("ephemeral"))["message"]["text"] == "found"
    assert [call["delivered"] for call in await slack.calls(method="chat.postEphemeral")] == [False, True]


@pytest.mark.parametrize(("kind", "kept"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_call_can_lose_its_connection(slack: Slack, kind: str, kept: int) -> None:
    await slack.arm(kind, method="chat.postMessage")

    with pytest.raises(httpx.RemoteProtocolError):
        await slack.api("chat.postMessage", channel="C0GENERAL1", text=f"{kind} test")

    assert len(await slack.kept(f"{kind} test")) == kept


async def test_a_call_can_meet_a_server_error_or_a_limit(slack: Slack) -> None:
    await slack.arm("server_error", method="users.info", status=503)
    await slack.arm("rate_limited", method="users.info", retry_after=7)

    broken, limited, fine = [await slack.look("users.info", user="U0AGENT01") for _ in range(3)]

    assert broken.status_code == 503
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "7")
    assert limited.json() == {"ok": False, "error": "ratelimited"}
    assert fine.json()["ok"]


async def test_a_call_can_be_refused_with_any_error(slack: Slack) -> None:
    await slack.arm("refused", method="usergroups.users.list", error="plan_upgrade_required")

    answers = [(await slack.look("usergroups.users.list", usergroup="S0LEADS01")).json() for _ in range(2)]

    assert answers[0] == {"ok": False, "error": "plan_upgrade_required"}
    assert answers[1]["ok"]


async def test_posting_is_limited_to_one_a_second_after_a_burst(slack: Slack) -> None:
    await slack.control("limits", on=True)
    started = (await slack.control("clock", shift_s=60))["now"]
    burst = [await slack.response("chat.postMessage", channel="C0GENERAL1", text="x") for _ in range(23)]
    elsewhere = await slack.response("chat.postMessage", channel="C0APPROVE1", text="x")
    passed = (await slack.control("clock", shift_s=0))["now"] - started
    limited = [answer for answer in burst if answer.status_code == 429]
    await slack.pass_time(1)
    later = await slack.response("chat.postMessage", channel="C0GENERAL1", text="x")

    assert [answer.status_code for answer in burst[:20]] == [200] * 20
    assert len(burst) - len(limited) <= 20 + passed
    assert {answer.headers["retry-after"] for answer in limited} == {"1"}
    assert (elsewhere.status_code, later.status_code) == (200, 200)


async def test_a_tier_is_a_number_of_calls_a_minute(slack: Slack) -> None:
    await slack.control("limits", on=True)
    await slack.pass_time(60)

    answers = [await slack.look("users.list") for _ in range(21)]

    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert int(answers[20].headers["retry-after"]) in (2, 3)


@pytest.mark.parametrize("params", [{"kind": "gremlins"}, {"kind": "duplicate", "colour": "red"}])
async def test_a_fault_nobody_knows_is_not_armed(slack: Slack, params: Json) -> None:
    answer = (await slack.http.post("/control/faults", json=params)).json()

    assert answer["ok"] is False
    assert (await slack.http.get("/control/faults")).json()["faults"] == []


class Endpoint:
    """A request URL that keeps what was posted to it and answers as told."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[web.Response] = []
        self.more = asyncio.Event()

    async def take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append((headers, await request.read()))
        self.more.set()
        return self.answers.pop(0) if self.answers else web.Response()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.requests) < count:
                self.more.clear()
                await self.more.wait()


@pytest.fixture
async def endpoint() -> AsyncIterator[tuple[Endpoint, Slack]]:
    endpoint = Endpoint()
    application = web.Application()
    application.router.add_post("/slack/events", endpoint.take)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    process = StandIn("--request-url", f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    slack = Slack(process)
    yield endpoint, slack
    await slack.http.aclose()
    assert process.stop() == 0
    await runner.cleanup()


def is_signed(headers: dict[str, str], body: bytes, secret: str) -> bool:
    stamp = headers["x-slack-request-timestamp"]
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return headers["x-slack-signature"] == f"v0={digest}" and abs(time.time() - int(stamp)) < 60


async def test_posts_to_a_request_url_are_signed_forms(endpoint: tuple[Endpoint, Slack]) -> None:
    site, slack = endpoint
    await slack.pass_time(3600)  # the app's clock did not move, so signatures must not either
    async with Person(slack, "U0AGENT01") as agent:
        site.answers.append(web.json_response({"text": "done"}))
        await agent.command("/giftcard help")
        assert (await agent.frame("ephemeral"))["message"]["text"] == "done"
        await agent.do("shortcut", callback_id="new_card")
        site.answers += [web.Response(status=500), web.Response()]
        await agent.do("home", tab="home")
        await site.until(4)
        site.answers.append(web.Response(status=500, headers={"x-slack-no-retry": "1"}))
        await agent.do("home", tab="messages")
        await site.until(5)
        await agent.do("shortcut", callback_id="new_card")

    assert_every(site.requests, lambda sent: is_signed(*sent, slack.env["SLACK_SIGNING_SECRET"]))
    command, shortcut, event, again, unwelcome, last = site.requests
    assert parse_qs(command[1].decode())["text"] == ["help"]
    assert json.loads(parse_qs(shortcut[1].decode())["payload"][0])["type"] == "shortcut"
    assert "x-slack-retry-num" not in event[0]
    assert json.loads(event[1])["event"]["type"] == "app_home_opened"
    assert (again[0]["x-slack-retry-num"], again[0]["x-slack-retry-reason"]) == ("1", "http_error")
    assert json.loads(unwelcome[1])["event"]["tab"] == "messages"
    assert b"payload=" in last[1], "x-slack-no-retry ended the event's retries"


async def test_a_post_may_arrive_twice(endpoint: tuple[Endpoint, Slack]) -> None:
    site, slack = endpoint
    async with Person(slack, "U0AGENT01") as agent:
        await slack.arm("duplicate", method="/giftcard")
        assert (await agent.command("/giftcard"))["ok"]
    await site.until(2)

    assert site.requests[0][1] == site.requests[1][1]


async def test_an_event_whose_answer_is_lost_is_sent_again_with_its_number_and_reason(
    endpoint: tuple[Endpoint, Slack],
) -> None:
    site, slack = endpoint
    async with Person(slack, "U0AGENT01") as agent:
        await slack.arm("lost_ack", method="app_home_opened")
        await agent.do("home", tab="home")
        await site.until(2)

    marks = [(h.get("x-slack-retry-num"), h.get("x-slack-retry-reason")) for h, _ in site.requests]
    assert marks == [(None, None), ("1", "http_timeout")]
    assert len({json.loads(body)["event_id"] for _, body in site.requests}) == 1


async def test_a_command_that_is_not_answered_with_200_names_the_kind_of_failure(
    endpoint: tuple[Endpoint, Slack],
) -> None:
    site, slack = endpoint
    site.answers += [web.Response(status=404), web.Response(status=500), web.Response(status=200)]
    async with Person(slack, "U0AGENT01") as agent:
        errors = [(await agent.command("/giftcard")).get("error") for _ in site.answers[:]]

    assert errors == ["http_client_error", "http_service_error", None]
