"""Calls of one client: each in its turn, a read again after trouble. A purchase goes once."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from bot.providers.contract import NotSent
from bot.providers.http import wire
from bot.providers.http.answers import Answer, Reply
from bot.providers.http.pace import Turns
from bot.providers.http.patience import answered, left_s
from bot.providers.http.transport import Keep, Transport

Lane = TypeVar("Lane", bound=StrEnum)


@dataclass(frozen=True)  # without slots: in Python 3.11 they cannot be generic
class Call(Generic[Lane]):
    """One thing to ask the vendor."""

    method: str
    path: str
    lane: Lane
    query: Mapping[str, str | int] | None = None
    fields: wire.Fields | None = None
    moves_money: bool = False
    keep: Keep | None = None  # awaited with an answer before it is read


class Calls(ABC, Generic[Lane]):
    """A vendor's own kind knows what a call has to carry, and what an answer means."""

    def __init__(self, transport: Transport, turns: Turns[Lane], total_s: float) -> None:
        self._transport, self._turns, self._total_s = transport, turns, total_s

    async def read(self, call: Call[Lane], timeout_s: float | None = None) -> Reply:
        """Ask until there is an answer, for at most `timeout_s` and never over the total.

        Raises Refused, NotSent (never connected, or told to slow down) or OutcomeUnknown.
        """
        within_s = min(self._total_s, timeout_s or self._total_s)
        return await answered(lambda until: self.once(call, until), within_s)

    @abstractmethod
    async def once(self, call: Call[Lane], until: float | None = None) -> Reply:
        """Send this once. Without `until`, each step on the way may take the total."""

    async def _exchange(
        self,
        call: Call[Lane],
        until: float | None,
        headers: Mapping[str, str],
        reply_to: Callable[[Answer], Reply],
    ) -> Reply:
        await self._turns.turn(call.lane, self._left_s(until))
        answer = await self._transport.send(
            call.method,
            call.path,
            query=call.query,
            body=None if call.fields is None else wire.encode(call.fields),
            headers=headers,
            within_s=self._left_s(until),
            keep=call.keep,
        )
        try:
            return reply_to(answer)
        except NotSent as slow_down:
            self._turns.hold(call.lane, slow_down.retry_after_s or 0)
            raise

    def _left_s(self, until: float | None) -> float:
        return self._total_s if until is None else left_s(until)
