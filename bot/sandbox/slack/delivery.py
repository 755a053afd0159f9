"""Sends payloads to the app and waits for its ack: three seconds, no longer."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from bot.sandbox.slack import labels
from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.recorder import Recorder
from bot.sandbox.slack.tasks import Tasks
from bot.sandbox.slack.wire import Json

ACK_WITHIN_S = 3.0
RETRY_AFTER_S = (0.0, 60.0, 300.0)  # events: at once, after a minute, after five


@dataclass(frozen=True)
class Parcel:
    """`type`: slash_commands, interactive or events_api; `what`: the payload's own type, for the record."""

    type: str
    what: str
    body: Json
    retry: int = 0
    retry_reason: str = ""


@dataclass(frozen=True)
class Ack:
    """`body` is None for an empty one; `error` is Slack's word for what went wrong."""

    body: Any = None
    status: int | None = 200
    error: str | None = None
    retry: bool = True


class Transport(Protocol):
    def send(self, parcel: Parcel, *, copies: int) -> "asyncio.Future[Ack]":
        """Sends it (`copies` times under the same envelope id); the first ack is the result."""

    def cut(self) -> None:
        """Breaks the connection without a word."""

    async def close(self) -> None:
        """Lets go of what it holds, at the end."""


class Courier:
    def __init__(
        self, transport: Transport, clock: Clock, faults: Faults, recorder: Recorder, tasks: Tasks
    ) -> None:
        self.transport = transport
        self._clock = clock
        self._faults = faults
        self._recorder = recorder
        self._tasks = tasks

    async def deliver(self, parcel: Parcel, user: str) -> Ack:
        entry = self._recorder.begin("payload", parcel.what, parcel.body, retry=parcel.retry)
        entry.label = labels.of_payload(parcel.what, parcel.body)
        ack = await self._exchange(parcel, user)
        self._recorder.finish(entry, ack.body, ack.status, ack.error)
        if ack.error:
            entry.marks["error"] = ack.error
        return ack

    async def _exchange(self, parcel: Parcel, user: str) -> Ack:
        def fault(kind: str) -> bool:
            return self._faults.take(kind, parcel.what, user) is not None

        if fault("unreachable"):
            return Ack(status=None, error="dispatch_failed")
        late, lost = fault("late_ack"), fault("lost_ack")
        pending = self.transport.send(parcel, copies=2 if fault("duplicate") else 1)
        try:
            ack = await self._clock.within(pending, ACK_WITHIN_S)
        except TimeoutError:
            pending.add_done_callback(partial(self._note_late, parcel))
            return Ack(status=None, error="operation_timeout")
        self._note_ack(parcel, ack, late=late, lost=lost)
        if lost:
            self.transport.cut()
        return Ack(status=None, error="operation_timeout") if late or lost else ack

    def _note_late(self, parcel: Parcel, done: "asyncio.Future[Ack]") -> None:
        if not done.cancelled():
            self._note_ack(parcel, done.result(), late=True)

    def _note_ack(self, parcel: Parcel, ack: Ack, *, late: bool, lost: bool = False) -> None:
        self._recorder.note("ack", parcel.what, ack.body, late=late, lost=lost, error=ack.error)

    def deliver_event(self, what: str, body: Json, user: str) -> None:
        """Sends an event in the background, again at once, after 1 and after 5 minutes if need be."""
        self._tasks.start(self._until_taken(what, body, user))

    def deliver_in_background(self, parcel: Parcel, user: str) -> None:
        """For payloads whose ack nobody waits for, such as view_closed."""
        self._tasks.start(self.deliver(parcel, user))

    async def _until_taken(self, what: str, body: Json, user: str) -> None:
        parcel = Parcel("events_api", what, body)
        for number, pause in enumerate((*RETRY_AFTER_S, None), start=1):
            ack = await self.deliver(parcel, user)
            if ack.error is None or not ack.retry or pause is None:
                return
            await self._clock.sleep(pause)
            reason = {"operation_timeout": "timeout", "dispatch_failed": "connection_failed"}
            parcel = Parcel("events_api", what, body, number, reason.get(ack.error, "http_error"))
