"""Drives the stand-in from outside: its process, an app on a bare socket, people at their tabs."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Json = dict[str, Any]
MANIFEST = Path(__file__).with_name("manifest.yml")
PATIENCE_S = 10.0
SILENT = object()  # an app that never acks


class StandIn:
    """The process, started by its command."""

    def __init__(self, *options: str, manifest: Path = MANIFEST) -> None:
        command = [
            sys.executable,
            "-m",
            "bot",
            "sandbox",
            "slack",
            "--port",
            "0",
            "--manifest",
            str(manifest),
        ]
        self.process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        started: Json = json.loads(self.process.stdout.readline())
        self.address: str = started["address"]
        self.env: dict[str, str] = started["env"]

    def stop(self) -> int:
        """Asks it to leave, as a supervisor would; the exit status."""
        self.process.terminate()
        status = self.process.wait(PATIENCE_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status

    def get(self, path: str, **query: str) -> Json:
        answer: Json = httpx.get(self.address + path, params=query, trust_env=False).json()
        return answer


class Slack:
    """Calls to a running stand-in."""

    def __init__(self, process: StandIn) -> None:
        self.process = process
        self.address = process.address
        self.env = process.env
        self.http = httpx.AsyncClient(base_url=process.address, timeout=PATIENCE_S, trust_env=False)

    async def api(self, method: str, token: str | None = None, **args: Any) -> Json:
        """A Web API call with a JSON body, as the app."""
        return (await self.response(method, token, **args)).json()  # type: ignore[no-any-return]

    async def response(self, method: str, token: str | None = None, **args: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.env['SLACK_BOT_TOKEN'] if token is None else token}"}
        return await self.http.post(f"/api/{method}", json=args, headers=headers)

    async def form(self, method: str, **args: Any) -> Json:
        """The same with a form body, structures as JSON text."""
        headers = {"Authorization": f"Bearer {self.env['SLACK_BOT_TOKEN']}"}
        fields = {
            name: value if isinstance(value, str) else json.dumps(value) for name, value in args.items()
        }
        answer = await self.http.post(f"/api/{method}", data=fields, headers=headers)
        return answer.json()  # type: ignore[no-any-return]

    async def control(self, knob: str, **wish: Any) -> Json:
        answer: Json = (await self.http.post(f"/control/{knob}", json=wish)).json()
        assert answer["ok"], answer
        return answer

    async def arm(self, kind: str, **details: Any) -> None:
        await self.control("faults", kind=kind, **details)

    async def pass_time(self, seconds: float) -> None:
        await self.control("clock", shift_s=seconds)

    async def calls(self, **query: str) -> list[Json]:
        answer = (await self.http.get("/control/calls", params=query)).json()
        return answer["calls"]  # type: ignore[no-any-return]

    async def kept(self, contains: str = "") -> list[Json]:
        answer = (await self.http.get("/control/messages", params={"contains": contains})).json()
        return answer["messages"]  # type: ignore[no-any-return]

    async def client(self, deed: str, **wish: Any) -> Json:
        answer = await self.http.post(f"/client/{deed}", json=wish)
        return answer.json()  # type: ignore[no-any-return]


async def until(true: Callable[[], Any]) -> Any:
    """Waits for a condition and hands back what it gave."""
    async with asyncio.timeout(PATIENCE_S):
        while not (found := true()):
            await asyncio.sleep(0.005)
    return found


class App:
    """An app on a bare Socket Mode connection: it keeps envelopes and acks as it is told.

    `answers` maps a payload type (or a slash command) to the ack's payload, a function of the
    payload, or SILENT.
    """

    def __init__(self, slack: Slack) -> None:
        self.slack = slack
        self.envelopes: list[Json] = []
        self.frames: list[Json] = []
        self.answers: dict[str, Any] = {}
        self.socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self.closed = asyncio.Event()

    async def __aenter__(self) -> "App":
        opened = await self.slack.api("apps.connections.open", token=self.slack.env["SLACK_APP_TOKEN"])
        self.socket = await connect(opened["url"], proxy=None)
        self._reader = asyncio.create_task(self._read())
        await until(lambda: self.frames)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.socket is not None and self._reader is not None
        await self.socket.close()
        await self._reader

    async def _read(self) -> None:
        assert self.socket is not None
        try:
            async for text in self.socket:
                frame = json.loads(text)
                self.frames.append(frame)
                if "envelope_id" in frame:
                    self.envelopes.append(frame)
                    await self._answer(frame)
        except ConnectionClosed:
            pass
        self.closed.set()

    async def _answer(self, envelope: Json) -> None:
        payload = envelope["payload"]
        answer = self.answers.get(payload.get("command") or payload["type"])
        if callable(answer):
            answer = answer(payload)
        if answer is SILENT:
            return
        ack: Json = {"envelope_id": envelope["envelope_id"]}
        if answer is not None:
            ack["payload"] = answer
        assert self.socket is not None
        await self.socket.send(json.dumps(ack))

    async def got(self, kind: str) -> Json:
        """The newest payload of this type (or slash command), waited for."""

        def newest() -> Json | None:
            found = [
                e["payload"]
                for e in self.envelopes
                if kind in (e["payload"].get("command"), e["payload"]["type"])
            ]
            return found[-1] if found else None

        return await until(newest)  # type: ignore[no-any-return]


class Person:
    """Somebody with a tab open."""

    def __init__(self, slack: Slack, user: str) -> None:
        self.slack = slack
        self.user = user
        self.session = ""
        self.frames: list[Json] = []
        self.socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Person":
        address = self.slack.address.replace("http", "ws", 1)
        self.socket = await connect(f"{address}/client/socket?user={self.user}", proxy=None)
        self._reader = asyncio.create_task(self._read())
        self.session = (await self.frame("session"))["id"]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.socket is not None and self._reader is not None
        await self.socket.close()
        await self._reader

    async def _read(self) -> None:
        assert self.socket is not None
        try:
            async for text in self.socket:
                self.frames.append(json.loads(text))
        except ConnectionClosed:
            pass

    def all(self, kind: str) -> list[Json]:
        return [frame for frame in self.frames if frame["type"] == kind]

    async def frame(self, kind: str) -> Json:
        """The newest frame of this type, waited for and taken."""
        found: Json = (await until(lambda: self.all(kind)))[-1]
        self.frames.remove(found)
        return found

    async def do(self, deed: str, **wish: Any) -> Json:
        return await self.slack.client(deed, user=self.user, session=self.session, **wish)

    async def command(self, text: str, channel: str = "C0GENERAL1") -> Json:
        return await self.do("command", channel=channel, text=text)

    async def press(
        self, container: Json, action_id: str, block_id: str, value: Any = None, **more: Any
    ) -> Json:
        return await self.do(
            "action", container=container, action_id=action_id, block_id=block_id, value=value, **more
        )
