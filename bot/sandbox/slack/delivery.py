"""Sends payloads to the app and waits up to three seconds for its ack."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from bot.sandbox.slack import labels
from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.protocol import Json
from bot.sandbox.slack.recorder import Recorder
from bot.sandbox.slack.tasks import Tasks

ACK_WITHIN_S = 3.0
RETRY_AFTER_S = (0.0, 60.0, 300.0)  # events: at once, after a minute, after five


@dataclass(frozen=True)
class AppPayload:
    """`type`: slash_commands, interactive or events_api; `what`: the payload's own type, for the recorder."""

    type: str
    what: str
    body: Json
    retry: int = 0
    retry_reason: str = ""


@dataclass(frozen=True)
class Ack:
    """`body` is None for an empty ack; `error` is Slack's error code."""

    body: Any = None
    status: int | None = 200
    error: str | None = None
    retry: bool = True


class Transport(Protocol):
    def send(self, payload: AppPayload, *, copies: int) -> "asyncio.Future[Ack]":
        """Sends `copies` of the payload under one envelope id; the first ack is the result."""

    def cut(self) -> None:
        """Breaks the connection without a closing handshake."""

    async def close(self) -> None:
        """Releases its resources."""


class PayloadDispatcher:
    def __init__(
        self, transport: Transport, clock: Clock, faults: Faults, recorder: Recorder, tasks: Tasks
    ) -> None:
        self.transport = transport
        self._clock = clock
        self._faults = faults
        self._recorder = recorder
        self._tasks = tasks

    async def deliver(self, payload: AppPayload, user: str) -> Ack:
        entry = self._recorder.begin("payload", payload.what, payload.body, retry=payload.retry)
        entry.label = labels.of_payload(payload.what, payload.body)
        ack = await self._exchange(payload, user)
        self._recorder.finish(entry, ack.body, ack.status, ack.error)
        if ack.error:
            entry.marks["error"] = ack.error
        return ack

    async def _exchange(self, payload: AppPayload, user: str) -> Ack:
        def fault(kind: str) -> bool:
            return self._faults.take(kind, payload.what, user) is not None

        if fault("unreachable"):
            return Ack(status=None, error="dispatch_failed")
        late, lost = fault("late_ack"), fault("lost_ack")
        pending = self.transport.send(payload, copies=2 if fault("duplicate") else 1)
        try:
            ack = await self._clock.within(pending, ACK_WITHIN_S)
        except TimeoutError:
            pending.add_done_callback(partial(self._note_late, payload))
            return Ack(status=None, error="operation_timeout")
        self._note_ack(payload, ack, late=late, lost=lost)
        if lost:
            self.transport.cut()
        return Ack(status=None, error="operation_timeout") if late or lost else ack

    def _note_late(self, payload: AppPayload, done: "asyncio.Future[Ack]") -> None:
        if not done.cancelled():
            self._note_ack(payload, done.result(), late=True)

    def _note_ack(self, payload: AppPayload, ack: Ack, *, late: bool, lost: bool = False) -> None:
        self._recorder.note("ack", payload.what, ack.body, late=late, lost=lost, error=ack.error)

    def deliver_event(self, what: str, body: Json, user: str) -> None:
        """Sends an event in the background; without an ack again at once, after 1 and after 5 minutes."""
        self._tasks.start(self._until_taken(what, body, user))

    def deliver_in_background(self, payload: AppPayload, user: str) -> None:
        """Sends a payload whose ack has no effect, such as view_closed."""
        self._tasks.start(self.deliver(payload, user))

    async def _until_taken(self, what: str, body: Json, user: str) -> None:
        payload = AppPayload("events_api", what, body)
        for number, pause in enumerate((*RETRY_AFTER_S, None), start=1):
            ack = await self.deliver(payload, user)
            if ack.error is None or not ack.retry or pause is None:
                return
            await self._clock.sleep(pause)
            reason = {"operation_timeout": "timeout", "dispatch_failed": "connection_failed"}
            payload = AppPayload("events_api", what, body, number, reason.get(ack.error, "http_error"))
