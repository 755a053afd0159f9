"""Drives the stand-in from outside: its process, an app on a bare socket, people at their tabs."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Json = dict[str, Any]
MANIFEST = Path(__file__).with_name("manifest.yml")
PATIENCE_S = 10.0
SILENT = object()  # an app that never acks


class StandIn:
    """The process, started by its command."""

    running: ClassVar[set["StandIn"]] = set()

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
        self.running.add(self)
        assert self.process.stdout is not None
        started: Json = json.loads(self.process.stdout.readline())
        self.address: str = started["address"]
        self.env: dict[str, str] = started["env"]

    def stop(self) -> int:
        """Asks it to leave, as a supervisor would; the exit status."""
        self.process.terminate()
        status = self.process.wait(PATIENCE_S)
        self.running.discard(self)
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
        self.http = httpx.AsyncClient(
            base_url=process.address, timeout=PATIENCE_S, trust_env=False, verify=False
        )

    async def api(self, method: str, token: str | None = None, **args: Any) -> Json:
        """A Web API call with a JSON body, as the app."""
        return (await self.response(method, token, **args)).json()  # type: ignore[no-any-return]

    async def response(self, method: str, token: str | None = None, **args: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.env['SLACK_BOT_TOKEN'] if token is None else token}"}
        return await self.http.post(f"/api/{method}", json=args, headers=headers)

    async def look(self, method: str, **query: str) -> httpx.Response:
        """A Web API call with a query string, as SDKs make those that only look."""
        headers = {"Authorization": f"Bearer {self.env['SLACK_BOT_TOKEN']}"}
        return await self.http.get(f"/api/{method}", params=query, headers=headers)

    async def form(self, method: str, **args: Any) -> Json:
        """The same with a form body, structures as JSON text."""
        headers = {"Authorization": f"Bearer {self.env['SLACK_BOT_TOKEN']}"}
        fields = {
            name: value if isinstance(value, str) else json.dumps(value) for name, value in args.items()
        }
        answer = await self.http.post(f"/api/{method}", data=fields, headers=headers)
        return answer.json()  # type: ignore[no-any-return]

    async def control(self, knob: str, **params: Any) -> Json:
        answer: Json = (await self.http.post(f"/control/{knob}", json=params)).json()
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

    async def client(self, action: str, **params: Any) -> Json:
        answer = await self.http.post(f"/client/{action}", json=params)
        return answer.json()  # type: ignore[no-any-return]


class Listener:
    """One end of a WebSocket: keeps what arrives and wakes whoever waits for it."""

    def __init__(self) -> None:
        self.frames: list[Json] = []
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._news = asyncio.Event()

    async def _connect(self, url: str) -> None:
        self._socket = await connect(url, proxy=None)
        self._reader = asyncio.create_task(self._read())

    async def hang_up(self) -> None:
        assert self._socket is not None
        await self._socket.close()
        await self.gone()

    @property
    def close_code(self) -> int | None:
        return None if self._socket is None else self._socket.close_code

    async def gone(self) -> None:
        """Waits until the connection is closed, by whichever side."""
        assert self._reader is not None
        async with asyncio.timeout(PATIENCE_S):
            await self._reader

    async def _read(self) -> None:
        assert self._socket is not None
        with suppress(ConnectionClosed):
            async for text in self._socket:
                frame = json.loads(text)
                self.frames.append(frame)
                await self.received(frame)
                self._news.set()

    async def received(self, frame: Json) -> None:
        """What this end does with a frame."""

    async def until(self, true: Callable[[], Any]) -> Any:
        """Waits for something to have arrived and hands back what was found."""
        async with asyncio.timeout(PATIENCE_S):
            while not (found := true()):
                self._news.clear()
                await self._news.wait()
        return found

    def all(self, kind: str) -> list[Json]:
        return [frame for frame in self.frames if frame["type"] == kind]


class App(Listener):
    """An app on a bare Socket Mode connection: it keeps envelopes and acks as it is told.

    `answers` maps a payload type (or a slash command) to the ack's payload, a function of the
    payload, or SILENT.
    """

    def __init__(self, slack: Slack) -> None:
        super().__init__()
        self.slack = slack
        self.envelopes: list[Json] = []
        self.answers: dict[str, Any] = {}

    async def __aenter__(self) -> "App":
        opened = await self.slack.api("apps.connections.open", token=self.slack.env["SLACK_APP_TOKEN"])
        await self._connect(opened["url"])
        await self.until(lambda: self.frames)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.hang_up()

    async def received(self, frame: Json) -> None:
        if "envelope_id" not in frame:
            return
        self.envelopes.append(frame)
        answer = self.answers.get(kind_of(frame))
        if callable(answer):
            answer = answer(frame["payload"])
        if answer is not SILENT:
            await self.ack(frame, answer)

    async def ack(self, envelope: Json, payload: Any = None) -> None:
        assert self._socket is not None
        answer = {} if payload is None else {"payload": payload}
        await self._socket.send(json.dumps({"envelope_id": envelope["envelope_id"], **answer}))

    async def got(self, kind: str, times: int = 1) -> Json:
        """The newest payload of this type (slash command, event), waited for."""

        def enough() -> list[Json]:
            found = [each for each in self.envelopes if kind_of(each) == kind]
            return found if len(found) >= times else []

        payload: Json = (await self.until(enough))[-1]["payload"]
        return payload


def kind_of(envelope: Json) -> str:
    payload = envelope["payload"]
    if payload.get("type") == "event_callback":
        return str(payload["event"]["type"])
    return str(payload.get("command") or payload["type"])


class Person(Listener):
    """Somebody with a tab open."""

    def __init__(self, slack: Slack, user: str) -> None:
        super().__init__()
        self.slack = slack
        self.user = user
        self.session = ""

    async def __aenter__(self) -> "Person":
        await self._connect(f"{self.slack.address.replace('http', 'ws', 1)}/client/socket?user={self.user}")
        self.session = (await self.frame("session"))["id"]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.hang_up()

    async def frame(self, kind: str) -> Json:
        """The oldest frame of this type that was not taken yet, waited for."""
        found: Json = (await self.until(lambda: self.all(kind)))[0]
        self.frames.remove(found)
        return found

    async def do(self, action: str, **params: Any) -> Json:
        return await self.slack.client(action, user=self.user, session=self.session, **params)

    async def command(self, text: str, channel: str = "C0GENERAL1") -> Json:
        return await self.do("command", channel=channel, text=text)

    async def press(
        self, container: Json, action_id: str, block_id: str, value: Any = None, **more: Any
    ) -> Json:
        params = {"container": container, "action_id": action_id, "block_id": block_id, "value": value}
        return await self.do("action", **params, **more)


def named(cases: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Test cases whose first field is the sentence that names them."""
    return [pytest.param(*case[1:], id=case[0]) for case in cases]
