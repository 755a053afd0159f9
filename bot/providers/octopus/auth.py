"""Our access token: one login, renewed by one caller for all, again when the vendor stops taking it."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from bot.providers.contract import AccessDenied, NotSent, OutcomeUnknown, Refused
from bot.providers.http import wire
from bot.providers.http.identifiers import Id
from bot.providers.http.shapes import Maybe, read_as
from bot.providers.http.transport import Transport
from bot.providers.octopus.failures import reply_to
from bot.providers.octopus.pace import Lane, Pace
from bot.providers.octopus.shapes import Shape

_EARLY = timedelta(minutes=5)

# Anything else could not go into a header.
Token = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$", max_length=8192)]


class TokenPair(Shape):
    """What a login or a refresh gives. Without readable times, tokens serve until they are rejected."""

    access_token: Token = Field(repr=False)
    refresh_token: Maybe[Token] = Field(default=None, repr=False)
    access_expires_at: Maybe[AwareDatetime] = None
    refresh_expires_at: Maybe[AwareDatetime] = None
    client_id: Maybe[Id] = None

    def renew_at(self, now: datetime) -> datetime | None:
        """Five minutes before expiry, or halfway to it; None when our clock and theirs disagree."""
        if self.access_expires_at is None or self.access_expires_at <= now:
            return None
        return self.access_expires_at - min(_EARLY, (self.access_expires_at - now) / 2)

    def is_spent(self, now: datetime) -> bool:
        return self.refresh_expires_at is not None and self.refresh_expires_at <= now


class Access:
    """Hands out a token that should work. However many ask, one login or refresh runs at a time."""

    def __init__(
        self,
        transport: Transport,
        pace: Pace,
        api_key: str,
        api_secret: str,
        *,
        clock: Callable[[], datetime],
        patience_s: float,
    ) -> None:
        self._transport, self._pace, self._clock = transport, pace, clock
        self._api_key, self._api_secret = api_key, api_secret
        self._patience_s = patience_s  # how long a login may wait for its turn
        self._pair: TokenPair | None = None
        self._renew_at: datetime | None = None
        self._renewal: asyncio.Task[TokenPair] | None = None

    async def token(self, *, rejected: str | None = None) -> str:
        """An access token, and not the `rejected` one.

        Raises AccessDenied, or NotSent for every other reason: without a token nothing else was sent.
        """
        return (await self._valid(rejected)).access_token

    async def client_id(self) -> str | None:
        """The vendor's number of our account, where a login tells. Raises as `token` does."""
        return (await self._valid()).client_id

    async def login(self) -> None:
        """Log in now, whatever we hold. Raises AccessDenied or NotSent."""
        self._pair = None
        await self._renewed()

    async def aclose(self) -> None:
        if self._renewal is not None:
            self._renewal.cancel()
            await asyncio.wait([self._renewal])

    async def _valid(self, rejected: str | None = None) -> TokenPair:
        pair = self._pair
        if pair is None or pair.access_token == rejected or self._is_due():
            pair = await self._renewed()
        return pair

    def _is_due(self) -> bool:
        return self._renew_at is not None and self._clock() >= self._renew_at

    async def _renewed(self) -> TokenPair:
        if self._renewal is None:
            self._renewal = asyncio.create_task(self._renew())
            self._renewal.add_done_callback(self._forget)
        renewal = self._renewal
        try:
            # Shielded: whoever started it may give up while others still wait for it.
            return await asyncio.shield(renewal)
        except asyncio.CancelledError:
            if not renewal.cancelled():
                raise
        raise NotSent("We stopped logging in to Octopus Cards: we are shutting down.")

    def _forget(self, renewal: asyncio.Task[TokenPair]) -> None:
        self._renewal = None
        if not renewal.cancelled():
            renewal.exception()  # counts as seen, even if everybody who waited has gone

    async def _renew(self) -> TokenPair:
        pair = await self._refresh() or await self._login()
        self._pair, self._renew_at = pair, pair.renew_at(self._clock())
        return pair

    async def _refresh(self) -> TokenPair | None:
        """A new pair, or None when only a login can help."""
        pair = self._pair
        if pair is None or pair.refresh_token is None or pair.is_spent(self._clock()):
            return None
        try:
            return await self._ask(Lane.REFRESH, "/auth/refresh", {"refresh_token": pair.refresh_token})
        except Refused as refusal:
            if refusal.status == 403:
                raise
            return None
        except OutcomeUnknown:
            return None  # it works only once, and that may have been it

    async def _login(self) -> TokenPair:
        try:
            return await self._ask(
                Lane.LOGIN, "/auth/login", {"username": self._api_key, "password": self._api_secret}
            )
        except AccessDenied:
            raise
        except Refused as refusal:
            if refusal.status == 400:
                raise AccessDenied(
                    str(refusal), code=refusal.code, status=400, request_id=refusal.request_id
                ) from None
            raise NotSent(f"We could not log in. {refusal}", request_id=refusal.request_id) from None
        except OutcomeUnknown as failure:
            raise NotSent(f"We could not log in. {failure}", request_id=failure.request_id) from None

    async def _ask(self, lane: Lane, path: str, fields: dict[str, str]) -> TokenPair:
        await self._pace.turn(lane, self._patience_s)
        answer = await self._transport.send("POST", path, body=wire.encode(fields))
        try:
            return read_as(TokenPair, reply_to(answer, secrets=fields.values()))
        except NotSent as slow_down:
            self._pace.hold(lane, slow_down.retry_after_s or 0)
            raise
