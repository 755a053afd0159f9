"""Calls as Octopus Cards wants them: with a token, and once more with another when it is rejected."""

import asyncio
from functools import partial

from bot.providers.contract import AccessDenied, NotSent
from bot.providers.http import calls
from bot.providers.http.answers import Reply
from bot.providers.http.transport import Transport
from bot.providers.octopus.auth import Access
from bot.providers.octopus.failures import reply_to
from bot.providers.octopus.pace import Lane, Pace
from bot.providers.octopus.vendor import OCTOPUS

Call = calls.Call[Lane]


class Calls(calls.Calls[Lane]):
    """Every authorised call of one client goes through here."""

    def __init__(self, transport: Transport, access: Access, pace: Pace, total_s: float) -> None:
        super().__init__(transport, pace, total_s)
        self._access = access

    async def once(self, call: Call, until: float | None = None) -> Reply:
        """Send this once. Only after a 401, which surely did nothing, once more with another token.

        Without `until`, logging in, our turn and the exchange may take the total each.
        """
        token = await self._token(until)
        try:
            return await self._with(token, call, until)
        except AccessDenied as denied:
            if denied.status != 401:
                raise
        token = await self._token(until, rejected=token)
        return await self._with(token, call, until)

    async def _with(self, token: str, call: Call, until: float | None) -> Reply:
        understood = partial(reply_to, secrets=(token,), carries_reference=call.moves_money)
        return await self._exchange(call, until, {"Authorization": f"Bearer {token}"}, understood)

    async def _token(self, until: float | None, rejected: str | None = None) -> str:
        try:
            async with asyncio.timeout(self._left_s(until)):
                return await self._access.token(rejected=rejected)
        except TimeoutError:
            raise NotSent(f"We could not log in to {OCTOPUS.title} in time.") from None
