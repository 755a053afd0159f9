"""A vendor that answers whatever it is told to, byte by byte: what no framework would let a server do."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

ScriptedReply = Callable[[asyncio.StreamWriter], Awaitable[bool | None]]  # true: the connection stays open


@dataclass(frozen=True)
class ReceivedRequest:
    """One request as it arrived."""

    target: str
    headers: dict[str, str]
    body: bytes
    header_names: tuple[str, ...] = ()  # as they were spelled

    @property
    def json(self) -> Any:
        return json.loads(self.body, parse_float=Decimal)


class ScriptedServer:
    """`on("POST /api/v1/orders", act, …)` plays the acts in turn, and the last one ever after."""

    def __init__(self) -> None:
        self.received: list[tuple[str, ReceivedRequest]] = []
        self.connections = 0
        self.was_asked = asyncio.Event()
        self._replies: dict[str, list[ScriptedReply]] = defaultdict(list)
        self.conversations: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve_connection, "127.0.0.1", 0, limit=2**20)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for conversation in self.conversations:
            conversation.cancel()
        await asyncio.gather(*self.conversations, return_exceptions=True)

    @property
    def address(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def on(self, request: str, *replies: ScriptedReply) -> None:
        self._replies[request] = list(replies)

    def asked(self, request: str) -> list[ReceivedRequest]:
        return [received for name, received in self.received if name == request]

    def otherwise(self, _request: str) -> ScriptedReply:
        """What is answered where nothing was arranged."""
        return answers(404)

    async def _serve_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        conversation = asyncio.current_task()
        assert conversation is not None
        self.conversations.add(conversation)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._answer(reader, writer):
                    pass
        finally:
            self.conversations.discard(conversation)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ", 2)
        headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        name = f"{method} {target.partition('?')[0]}"
        self.was_asked.set()
        names = tuple(line.partition(":")[0] for line in head[1:] if line)
        self.received.append((name, ReceivedRequest(target, headers, body, names)))
        replies = self._replies.get(name)
        reply = (replies.pop(0) if len(replies) > 1 else replies[0]) if replies else self.otherwise(name)
        stays_open = await reply(writer)
        await writer.drain()
        return bool(stays_open)


def answers(
    status: int, value: Any = None, *, raw: bytes | None = None, stays_open: bool = False, **headers: str
) -> ScriptedReply:
    """A whole answer. Header names are written with underscores."""
    body = json.dumps(value, default=str).encode() if raw is None else raw
    lines = [
        f"HTTP/1.1 {status} Whatever",
        *(f"{name.replace('_', '-')}: {text}" for name, text in headers.items()),
    ]
    if not any(name.lower() in ("content_length", "transfer_encoding") for name in headers):
        lines.append(f"Content-Length: {len(body)}")
    if not stays_open:
        lines.append("Connection: close")
    return sends("\r\n".join([*lines, "", ""]).encode() + body, stays_open=stays_open)


def sends(raw: bytes, *, stays_open: bool = False) -> ScriptedReply:
    """These bytes, and then nothing more."""

    async def reply(writer: asyncio.StreamWriter) -> bool:
        writer.write(raw)
        return stays_open

    return reply


def drips(start: bytes, drop: bytes, every_s: float) -> ScriptedReply:
    """A start, then a little more again and again without end."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            await asyncio.sleep(every_s)
            writer.write(drop)
            await writer.drain()

    return reply


async def hangs(_: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def resets(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
