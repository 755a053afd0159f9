"""Calls as the vendor wants them: authorised, paced, and a read again after trouble. A purchase goes once."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from bot.providers.contract import AccessDenied, NotSent
from bot.providers.http import wire
from bot.providers.http.answers import Reply
from bot.providers.http.patience import answered, left_s
from bot.providers.http.transport import Keep, Transport
from bot.providers.octopus.auth import Access
from bot.providers.octopus.failures import reply_to
from bot.providers.octopus.pace import Lane, Pace
from bot.providers.octopus.vendor import OCTOPUS


@dataclass(frozen=True, slots=True)
class Call:
    """One thing to ask the vendor."""

    method: str
    path: str
    lane: Lane
    query: Mapping[str, str | int] | None = None
    fields: wire.Fields | None = None
    carries_reference: bool = False
    keep: Keep | None = None  # awaited with an answer before it is read


class Calls:
    """Every authorised call of one client goes through here."""

    def __init__(self, transport: Transport, access: Access, pace: Pace, total_s: float) -> None:
        self._transport, self._access, self._pace, self._total_s = transport, access, pace, total_s

    async def read(self, call: Call, timeout_s: float | None = None) -> Reply:
        """Ask until there is an answer, for at most `timeout_s` and never over the total.

        Raises Refused, NotSent (never connected, or told to slow down) or OutcomeUnknown.
        """
        within_s = min(self._total_s, timeout_s or self._total_s)
        return await answered(lambda until: self.once(call, until), within_s)

    async def once(self, call: Call, until: float | None = None) -> Reply:
        """Send this once. Only after a 401, which surely did nothing, once more with another token.

        Without `until`, logging in, our turn and the exchange may take the total each.
        """
        token = await self._token(until)
        try:
            return await self._exchange(call, token, until)
        except AccessDenied as denied:
            if denied.status != 401:
                raise
        token = await self._token(until, rejected=token)
        return await self._exchange(call, token, until)

    async def _token(self, until: float | None, rejected: str | None = None) -> str:
        try:
            async with asyncio.timeout(self._left_s(until)):
                return await self._access.token(rejected=rejected)
        except TimeoutError:
            raise NotSent(f"We could not log in to {OCTOPUS.title} in time.") from None

    async def _exchange(self, call: Call, token: str, until: float | None) -> Reply:
        await self._pace.turn(call.lane, self._left_s(until))
        answer = await self._transport.send(
            call.method,
            call.path,
            query=call.query,
            body=None if call.fields is None else wire.encode(call.fields),
            headers={"Authorization": f"Bearer {token}"},
            within_s=self._left_s(until),
            keep=call.keep,
        )
        try:
            return reply_to(answer, secrets=(token,), carries_reference=call.carries_reference)
        except NotSent as slow_down:
            self._pace.hold(call.lane, slow_down.retry_after_s or 0)
            raise

    def _left_s(self, until: float | None) -> float:
        return self._total_s if until is None else left_s(until)
