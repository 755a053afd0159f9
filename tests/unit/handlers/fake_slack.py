"""A Slack that keeps what it is sent, over real HTTP, and people who type and press."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from handlers.slack_context import SlackContext

TEAM = "T0ACME001"
Json = dict[str, Any]


class Slack:
    """The Web API and response_urls. `refuse` makes a method fail with an error or an HTTP status."""

    def __init__(self) -> None:
        self.address = ""
        self.calls: list[tuple[str, Json]] = []
        self.people: dict[str, Json] = {}
        self.groups: dict[str, list[str]] = {}
        self.silent_about: set[str] = set()  # what its answers leave out
        self.unknown: set[str] = set()  # ids that no DM can be opened with
        self._refusals: dict[str, tuple[int, Json, dict[str, str]]] = {}
        self._patience: dict[str, tuple[int, Json]] = {}
        self._sent = 0

    def refuse(self, method: str, error: str, *, status: int = 200, retry_after: str = "") -> None:
        headers = {"Retry-After": retry_after} if retry_after else {}
        self._refusals[method] = (status, {"ok": False, "error": error}, headers)

    def refuse_once(self, method: str, error: str) -> None:
        self.refuse_after(method, error, 0)

    def refuse_after(self, method: str, error: str, successes: int) -> None:
        """Take so many calls, refuse one, and take all that follow."""
        self._patience[method] = (successes, {"ok": False, "error": error})

    def relent(self) -> None:
        self._refusals.clear()

    def sent(self, method: str) -> list[Json]:
        return [body for called, body in self.calls if called == method]

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Slack"]:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/respond", self._respond)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        body = dict(request.query)
        if request.content_type == "application/json":
            body |= await request.json()
        self.calls.append((method, body))
        if method in self._refusals:
            status, refusal, headers = self._refusals[method]
            return web.json_response(refusal, status=status, headers=headers)
        if method in self._patience:
            left, refusal = self._patience.pop(method)
            if left == 0:
                return web.json_response(refusal)
            self._patience[method] = (left - 1, refusal)
        answer = {"ok": True, **self._answer(method, body)}
        return web.json_response(
            {name: part for name, part in answer.items() if name not in self.silent_about}
        )

    async def _respond(self, request: web.Request) -> web.Response:
        self.calls.append(("respond", await request.json()))
        return web.Response(text="ok")

    def _answer(self, method: str, body: Json) -> Json:
        self._sent += 1
        match method:
            case "auth.test":
                return {"team_id": TEAM, "user_id": "U0GIFTBOT", "bot_id": "B0GIFTBOT"}
            case "conversations.open" if body["users"] in self.unknown:
                return {"ok": False, "error": "user_not_found"}
            case "usergroups.users.list":
                return {"users": self.groups.get(body["usergroup"], [])}
            case "users.info":
                return {"user": {"id": body["user"], "team_id": TEAM, **self.people.get(body["user"], {})}}
            case "views.open" | "views.push" | "views.update":
                return {"view": {"id": f"V{self._sent}", "hash": "1"}}
            case "conversations.open":
                return {"channel": {"id": f"D{body['users']}"}}
            case "chat.postMessage" | "chat.update":
                return {"channel": body["channel"], "ts": f"1795257840.{self._sent:06}"}
        return {}


class FakeSlackUser:
    """Slack as people use it: each action is a payload to the app, and its answer."""

    def __init__(self, app: AsyncApp, slack_ctx: SlackContext, slack: Slack) -> None:
        self._app, self._slack_ctx, self._slack = app, slack_ctx, slack
        self._answers: asyncio.Queue[BoltResponse] = asyncio.Queue()

    async def answered(self) -> Json:
        """The next answer to a payload, while slow work may still go on."""
        answer: Json = json.loads((await self._answers.get()).body)
        return answer

    async def types(self, text: str, by: str = "U0AGENT01") -> Json:
        """A `/giftcard` command; the JSON of its answer, or {}."""
        return await self._json(
            {
                "command": "/giftcard",
                "text": text,
                "team_id": TEAM,
                "user_id": by,
                "channel_id": "C0GENERAL1",
                "trigger_id": "trigger",
                "response_url": f"{self._slack.address}/respond",
            }
        )

    async def presses(
        self, action_id: str, value: str = "", by: str = "U0AGENT01", *, where: str = "message"
    ) -> BoltResponse:
        """`where` is message, ephemeral, dm, modal or home."""
        action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value}
        body: Json = {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": by, "team_id": TEAM},
            "trigger_id": "trigger",
            "actions": [action],
        }
        if where in ("modal", "home"):
            body |= {"container": {"type": "view"}, "view": {"id": "V0", "type": where}}
        else:
            channel = "D0AGENT" if where == "dm" else "C0APPROVE1"
            body |= {
                "container": {"type": "message", "is_ephemeral": where == "ephemeral"},
                "channel": {"id": channel},
                "response_url": f"{self._slack.address}/respond",
            }
        return await self._dispatch(body)

    async def submits(self, view: Json, values: Json, by: str = "U0LEAD001") -> Json:
        return await self._json(
            {
                "type": "view_submission",
                "team": {"id": TEAM},
                "user": {"id": by, "team_id": TEAM},
                "trigger_id": "trigger",
                "view": {**view, "id": "V0", "state": {"values": values}},
            }
        )

    async def event(self, kind: str, **event: Any) -> BoltResponse:
        return await self._dispatch(
            {"type": "event_callback", "team_id": TEAM, "event": {"type": kind, **event}}
        )

    async def _json(self, body: Json) -> Json:
        answer = await self._dispatch(body)
        assert answer.status == 200
        return json.loads(answer.body) if answer.body else {}

    async def _dispatch(self, body: Json) -> BoltResponse:
        """Waits for the slow work as well."""
        answer = await self._app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
        self._answers.put_nowait(answer)
        await self._slack_ctx.background.stop(grace_s=10)
        return answer
