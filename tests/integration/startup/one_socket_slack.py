"""A Slack of a few lines, which keeps one websocket per app, or refuses a second, and counts its calls."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from aiohttp import WSMsgType, web


class OneSocketSlack:
    """`second` is what becomes of a second connection: the first is closed, or it is refused, or kept."""

    def __init__(self, second: Literal["closes the first", "is refused", "is kept"]) -> None:
        self.second = second
        self.calls: Counter[str] = Counter()
        self.sockets: list[web.WebSocketResponse] = []
        self.acks: list[str] = []
        self.connections = 0
        self.port = 0

    async def _method(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls[method] += 1
        if method == "apps.connections.open":
            return web.json_response({"ok": True, "url": f"ws://127.0.0.1:{self.port}/socket"})
        return web.json_response(
            {"ok": True, "team_id": "T1", "user_id": "UBOT", "bot_id": "BBOT", "url": "u"}
        )

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if self.second == "is refused" and self.sockets:
            return web.Response(status=429)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections += 1
        if self.second == "closes the first":
            for older in list(self.sockets):
                await older.close()
        self.sockets.append(socket)
        await socket.send_json({"type": "hello"})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self.acks.append(message.data)
        self.sockets.remove(socket)
        return socket

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        """The address of its Web API."""
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._method)
        app.router.add_get("/socket", self._socket)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = int(runner.addresses[0][1])
        try:
            yield f"http://127.0.0.1:{self.port}/api/"
        finally:
            await runner.cleanup()


async def send_command(socket: web.WebSocketResponse, number: int) -> None:
    """A slash command over this connection."""
    await socket.send_json(
        {
            "type": "slash_commands",
            "envelope_id": f"e{number}",
            "payload": {"command": "/giftcard", "user_id": "U1", "team_id": "T1"},
            "accepts_response_payload": True,
        }
    )
