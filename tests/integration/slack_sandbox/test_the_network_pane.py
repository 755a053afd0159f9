"""The network pane, and the vendor whose requests it shows and whose faults the page may arm."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from tests.integration.slack_sandbox.block_cases import actions, button
from tests.integration.slack_sandbox.driver import App, Json, Person, Slack, StandIn
from tests.integration.slack_sandbox.forms import form, open_form, question, said

ROWS: list[Json] = [
    {"at": "2026-11-21T10:00:01.000+00:00", "method": "GET", "path": "/v1/orders/7", "status": None, "ms": 3,
     "request_id": "r2", "faults": ["drop-after"]},
    {"at": "2026-11-21T10:00:00.000+00:00", "method": "POST", "path": "/v1/orders", "status": 201, "ms": 12,
     "request_id": "r1", "faults": []},
]  # fmt: skip


OFFERS = [{"words": "{vendor} naps", "note": "", "watch": "", "faults": [{"times": 1, "kind": "nap"}]}]


class BackOffice:
    """A vendor's back office: a list of requests, and faults."""

    def __init__(self) -> None:
        self.rows = list(ROWS)
        self.armed: list[Json] = []

    async def requests(self, _: web.Request) -> web.Response:
        return web.json_response(self.rows)

    async def faults(self, request: web.Request) -> web.Response:
        if request.method == "DELETE":
            self.armed.clear()
        elif request.method == "POST":
            params = await request.json()
            if params["kind"] == "gremlins":
                return web.json_response({"error": {"message": "unknown fault 'gremlins'"}}, status=400)
            self.armed.append(params)
        return web.json_response({"armed": self.armed, "kinds": {}, "offers": OFFERS})


@pytest.fixture
async def back_office() -> AsyncIterator[tuple[BackOffice, Slack]]:
    """A back office and a stand-in for Slack that knows its address."""
    back_office = BackOffice()
    application = web.Application()
    application.router.add_get("/admin/api/requests", back_office.requests)
    application.router.add_route("*", "/admin/api/faults", back_office.faults)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    process = StandIn("--vendor", f"http://127.0.0.1:{runner.addresses[0][1]}/admin")
    slack = Slack(process)
    yield back_office, slack
    await slack.http.aclose()
    assert process.stop() == 0
    await runner.cleanup()


async def test_requests_to_the_vendor_appear_once_each_oldest_first(
    back_office: tuple[BackOffice, Slack],
) -> None:
    vendor, slack = back_office
    async with Person(slack, "U0AGENT01") as agent:
        first, second = (await agent.frame("network"))["entry"], (await agent.frame("network"))["entry"]
        vendor.rows.insert(0, {**ROWS[1], "request_id": "r3", "path": "/v1/wallets"})
        third = (await agent.frame("network"))["entry"]

    assert (first["from"], first["to"], first["what"], first["status"], first["ms"], first["error"]) == (
        "bot", "vendor", "POST /v1/orders", 201, 12, None,
    )  # fmt: skip
    assert (second["what"], second["status"], second["error"]) == ("GET /v1/orders/7", None, "drop-after")
    assert third["what"] == "POST /v1/wallets"
    later = (await slack.http.get("/client/boot", params={"user": "U0LEAD001"})).json()["network"]
    assert [entry["what"] for entry in later] == [first["what"], second["what"], third["what"]]


async def test_the_vendor_is_broken_and_mended_through_the_page_s_own_server(
    back_office: tuple[BackOffice, Slack],
) -> None:
    vendor, slack = back_office
    params = {"kind": "drop-after", "match": {"method": "POST", "path": "/api/v1/orders"}}

    armed = (await slack.http.post("/control/vendors/0/faults", json=params)).json()
    listed = (await slack.http.get("/control/vendors/0/faults")).json()

    assert armed == listed == {"ok": True, "faults": [params], "offers": OFFERS}
    assert vendor.armed == [params]
    refused = (await slack.http.post("/control/vendors/0/faults", json={"kind": "gremlins"})).json()
    assert (refused["ok"], refused["error"]) == (False, "vendor_refused")
    assert "gremlins" in refused["detail"]
    assert (await slack.http.delete("/control/vendors/0/faults")).json()["faults"] == []
    assert vendor.armed == []


async def test_without_a_vendor_there_is_nobody_to_break(slack: Slack) -> None:
    assert (await slack.http.get("/control/vendors")).json() == {"ok": True, "vendors": []}
    assert (await slack.http.get("/control/vendors/0/faults")).json() == {"ok": False, "error": "no_vendor"}


async def test_two_vendors_are_told_apart_by_their_titles() -> None:
    first, second = "http://127.0.0.1:1/admin", "http://127.0.0.1:2/admin"
    process = StandIn("--vendor", f"Octopus Cards={first}", "--vendor", f"CardPlusPay={second}")
    slack = Slack(process)
    answer = (await slack.http.get("/control/vendors")).json()
    await slack.http.aclose()
    assert process.stop() == 0

    assert answer["vendors"] == [
        {"title": "Octopus Cards", "office": first, "faults": "/control/vendors/0/faults"},
        {"title": "CardPlusPay", "office": second, "faults": "/control/vendors/1/faults"},
    ]


async def test_a_vendor_that_is_away_disturbs_nobody() -> None:
    process = StandIn("--vendor", "http://127.0.0.1:1/admin")
    slack = Slack(process)
    async with Person(slack, "U0AGENT01") as agent:
        answer = (await slack.http.get("/control/vendors/0/faults")).json()
        await slack.api("auth.test")
        assert (await agent.frame("network"))["entry"]["what"] == "auth.test"
    await slack.http.aclose()
    assert process.stop() == 0

    assert answer == {"ok": False, "error": "vendor_unreachable"}


async def test_a_line_names_the_button_the_form_and_the_place_but_nothing_said(
    slack: Slack, app: App, agent: Person
) -> None:
    row = {**actions(button()), "block_id": "row"}
    posted = await slack.api("chat.postMessage", channel="C0GENERAL1", text="CODE-1", blocks=[row])
    await agent.press({"type": "message", "channel": "C0GENERAL1", "ts": posted["ts"]}, "go", "row")
    view = await open_form(slack, app, agent, form(question(), callback_id="order_form"))
    await agent.do("submit", view_id=view["id"], state=said("because"))

    expected = {
        "chat.postMessage #general",
        "block_actions go",
        "views.open order_form",
        "view_submission order_form",
        "/giftcard",
    }

    def lines() -> set[str]:
        return {frame["entry"]["what"] for frame in agent.all("network")}

    await agent.until(lambda: expected <= lines())
    assert "CODE-1" not in str(lines())


async def test_a_call_that_fails_says_why(slack: Slack, agent: Person) -> None:
    await slack.api("chat.postMessage", channel="C0NOWHERE", text="x")

    entry = (await agent.frame("network"))["entry"]
    assert (entry["from"], entry["to"], entry["what"]) == ("bot", "slack", "chat.postMessage")
    assert (entry["status"], entry["error"]) == (200, "channel_not_found")
