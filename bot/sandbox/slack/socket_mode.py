"""Delivery over Socket Mode: one-time tickets, hello, envelopes, acks, refreshes, cuts."""

import asyncio
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.slack.abort import abort_connection
from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.delivery import Ack, AppPayload
from bot.sandbox.slack.protocol import Json
from bot.sandbox.slack.workspace import APP_ID, Workspace

MOST_CONNECTIONS = 10
TICKET_LIFE_S = 30.0
CLOSE_AFTER_REFRESH_S = 10.0
REASONS = ("refresh_requested", "warning", "link_disabled")
MOST_WAITING = 1_000  # envelopes whose late ack is still recorded


@dataclass(eq=False)
class Connection:
    socket: WebSocket
    frames: "asyncio.Queue[Json | None]" = field(default_factory=asyncio.Queue)  # None: close
    leaving: bool = False  # told to reconnect; gets no more envelopes


class SocketMode:
    def __init__(self, workspace: Workspace, clock: Clock) -> None:
        self._workspace = workspace
        self._clock = clock
        self._tickets: dict[str, float] = {}
        self._open: list[Connection] = []
        self._waiting: dict[str, asyncio.Future[Ack]] = {}
        self._turn = count()

    def ticket(self) -> str:
        """The one-time secret in the URL that apps.connections.open returns."""
        ticket = f"{self._workspace.new_id('').lower()}-{uuid4()}"
        self._tickets[ticket] = self._clock.now() + TICKET_LIFE_S
        return ticket

    @property
    def connections(self) -> int:
        return sum(not connection.leaving for connection in self._open)

    def send(self, payload: AppPayload, *, copies: int) -> "asyncio.Future[Ack]":
        pending: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        envelope: Json = {
            "envelope_id": str(uuid4()),
            "payload": payload.body,
            "type": payload.type,
            "accepts_response_payload": payload.type != "events_api",
        }
        if payload.type == "events_api":
            envelope |= {"retry_attempt": payload.retry, "retry_reason": payload.retry_reason}
        for _ in range(copies):
            connection = self._next()
            if connection is None:
                return _resolved(pending, Ack(status=None, error="dispatch_failed"))
            connection.frames.put_nowait(envelope)
        self._waiting[envelope["envelope_id"]] = pending
        if len(self._waiting) > MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
        return pending

    def refresh(self, reason: str) -> None:
        """Asks every connection to reconnect; the reason `warning` only announces that this will come."""
        for connection in [c for c in self._open if not c.leaving]:
            connection.frames.put_nowait(_disconnect(reason))
            if reason == "warning":
                continue
            connection.leaving = True
            # The connection is closed when the app does not leave by itself.
            asyncio.get_running_loop().call_later(CLOSE_AFTER_REFRESH_S, connection.frames.put_nowait, None)

    def cut(self) -> None:
        for connection in list(self._open):
            abort_connection(connection.socket._receive)
        self._open.clear()

    async def close(self) -> None:
        """Nothing to do: the server closes its WebSockets."""

    async def serve(self, socket: WebSocket) -> None:
        expires = self._tickets.pop(socket.query_params.get("ticket", ""), 0.0)
        if expires < self._clock.now():
            await socket.close(code=4001)
            return
        await socket.accept()
        if self.connections >= MOST_CONNECTIONS:
            await socket.send_json(_disconnect("too_many_websockets"))
            await socket.close()
            return
        connection = Connection(socket)
        self._open.append(connection)
        connection.frames.put_nowait(self._hello())
        writer = asyncio.ensure_future(_write(connection))
        try:
            while True:
                self._take_ack(await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            writer.cancel()
            if connection in self._open:
                self._open.remove(connection)

    def _take_ack(self, text: str) -> None:
        try:
            frame = json.loads(text)
            envelope_id = frame["envelope_id"]
        except (ValueError, TypeError, KeyError):
            return  # Slack ignores invalid frames; the envelope then times out
        pending = self._waiting.pop(envelope_id, None)
        if pending is not None:
            _resolved(pending, Ack(_payload(frame)))

    def _next(self) -> Connection | None:
        """The connections in turn; one that was told to leave only when there is no other."""
        ready = [c for c in self._open if not c.leaving] or self._open
        return ready[next(self._turn) % len(ready)] if ready else None

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.connections,
            "debug_info": {"host": "stand-in", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": APP_ID},
        }


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "stand-in"}}


def _payload(frame: Json) -> Any:
    return frame.get("payload") or None


def _resolved(pending: "asyncio.Future[Ack]", ack: Ack) -> "asyncio.Future[Ack]":
    pending.set_result(ack)
    return pending


async def _write(connection: Connection) -> None:
    while (frame := await connection.frames.get()) is not None:
        await connection.socket.send_json(frame)
    await connection.socket.close()
