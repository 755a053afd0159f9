"""Calls as the vendor wants them: authorised, paced, and a read again after trouble. A purchase goes once."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import SystemRandom

from bot.providers.contract import AccessDenied, NotSent
from bot.providers.octopus import wire
from bot.providers.octopus.auth import Access
from bot.providers.octopus.failures import Reply, Unanswered, reply_to
from bot.providers.octopus.pace import Lane, Pace
from bot.providers.octopus.transport import Transport

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 10.0
_random = SystemRandom()


@dataclass(frozen=True, slots=True)
class Call:
    """One thing to ask the vendor."""

    method: str
    path: str
    lane: Lane
    query: Mapping[str, str | int] | None = None
    fields: wire.Fields | None = None
    carries_reference: bool = False


class Calls:
    """Every authorised call of one client goes through here."""

    def __init__(self, transport: Transport, access: Access, pace: Pace, total_s: float) -> None:
        self._transport, self._access, self._pace, self._total_s = transport, access, pace, total_s

    async def read(self, call: Call, timeout_s: float | None = None) -> Reply:
        """Ask until there is an answer, for at most `timeout_s` and never over the total.

        Raises Refused, NotSent (never connected, or told to slow down) or OutcomeUnknown.
        """
        within_s = min(self._total_s, timeout_s or self._total_s)
        trouble: NotSent | Unanswered = Unanswered(f"Octopus Cards did not answer within {within_s:g} s.")
        try:
            async with asyncio.timeout(within_s) as limit:
                for pause_s in _pauses():
                    try:
                        return await self.once(call, within_s)
                    except (NotSent, Unanswered) as failure:
                        trouble = failure
                    pause_s = max(pause_s, trouble.retry_after_s or 0)
                    if asyncio.get_running_loop().time() + pause_s >= (limit.when() or 0):
                        break
                    await asyncio.sleep(pause_s)
        except TimeoutError:
            raise trouble from None  # it tells more than the time being up
        raise trouble

    async def once(self, call: Call, within_s: float | None = None) -> Reply:
        """Send this once. Only after a 401, which surely did nothing, once more with another token."""
        token = await self._token()
        try:
            return await self._exchange(call, token, within_s)
        except AccessDenied as denied:
            if denied.status != 401:
                raise
        token = await self._token(rejected=token)
        return await self._exchange(call, token, within_s)

    async def _token(self, rejected: str | None = None) -> str:
        try:
            async with asyncio.timeout(self._total_s):
                return await self._access.token(rejected=rejected)
        except TimeoutError:
            raise NotSent("We could not log in to Octopus Cards in time.") from None

    async def _exchange(self, call: Call, token: str, within_s: float | None) -> Reply:
        await self._pace.turn(call.lane, within_s or self._total_s)
        answer = await self._transport.send(
            call.method,
            call.path,
            query=call.query,
            body=None if call.fields is None else wire.encode(call.fields),
            token=token,
        )
        try:
            return reply_to(answer, secrets=(token,), carries_reference=call.carries_reference)
        except NotSent as slow_down:
            self._pace.hold(call.lane, slow_down.retry_after_s or 0)
            raise


def _pauses() -> Iterator[float]:
    """200 ms, doubling to 10 s, each up to half shorter so that many callers do not return together."""
    pause_s = _FIRST_PAUSE_S
    while True:
        yield pause_s * _random.uniform(0.5, 1)
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
