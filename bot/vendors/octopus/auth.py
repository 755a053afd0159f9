"""The access token: one login for all requests, renewed before it expires or when it is rejected."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from bot.vendors.contract import AccessDenied, NotSent, OutcomeUnknown, Refused
from bot.vendors.http import json_decimal
from bot.vendors.http.identifiers import Id
from bot.vendors.http.payloads import Lenient, parse_as
from bot.vendors.http.transport import Transport
from bot.vendors.octopus.errors import parse_response
from bot.vendors.octopus.payloads import Payload
from bot.vendors.octopus.rate_limit import OctopusRateLimiter, QuotaClass

_EARLY = timedelta(minutes=5)

# Anything else does not fit into a header.
Token = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$", max_length=8192)]


class TokenPair(Payload):
    """The response to a login or a refresh. Tokens without valid times are used until they are rejected."""

    access_token: Token = Field(repr=False)
    refresh_token: Lenient[Token] = Field(default=None, repr=False)
    access_expires_at: Lenient[AwareDatetime] = None
    refresh_expires_at: Lenient[AwareDatetime] = None
    client_id: Lenient[Id] = None

    def renew_at(self, now: datetime) -> datetime | None:
        """Five minutes before expiry, or halfway to it. None if our clock and the vendor's disagree."""
        if self.access_expires_at is None or self.access_expires_at <= now:
            return None
        return self.access_expires_at - min(_EARLY, (self.access_expires_at - now) / 2)

    def is_spent(self, now: datetime) -> bool:
        return self.refresh_expires_at is not None and self.refresh_expires_at <= now


class TokenManager:
    """Returns a token that should work. Only one login or refresh runs at a time, for all callers."""

    def __init__(
        self,
        transport: Transport,
        rate_limiter: OctopusRateLimiter,
        api_key: str,
        api_secret: str,
        *,
        clock: Callable[[], datetime],
        login_timeout_s: float,
    ) -> None:
        self._transport, self._rate_limiter, self._clock = transport, rate_limiter, clock
        self._api_key, self._api_secret = api_key, api_secret
        self._rate_limit_timeout_s = login_timeout_s
        self._pair: TokenPair | None = None
        self._renew_at: datetime | None = None
        self._renewal: asyncio.Task[TokenPair] | None = None

    async def token(self, *, rejected: str | None = None) -> str:
        """An access token other than the `rejected` one.

        Raises AccessDenied, or NotSent for any other failure, because nothing is sent without a token.
        """
        return (await self._valid(rejected)).access_token

    async def client_id(self) -> str | None:
        """The vendor's number of our account, where a login tells it. Raises like `token`."""
        return (await self._valid()).client_id

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
            # Shielded, because the caller that started it may give up while others still wait.
            return await asyncio.shield(renewal)
        except asyncio.CancelledError:
            if not renewal.cancelled():
                raise
        raise NotSent("We stopped logging in to Octopus Cards: we are shutting down.")

    def _forget(self, renewal: asyncio.Task[TokenPair]) -> None:
        self._renewal = None
        if not renewal.cancelled():
            renewal.exception()  # retrieved, so that asyncio does not log it when all callers have gone

    async def _renew(self) -> TokenPair:
        pair = await self._refresh() or await self._login()
        self._pair, self._renew_at = pair, pair.renew_at(self._clock())
        return pair

    async def _refresh(self) -> TokenPair | None:
        """A new pair, or None if a login is needed."""
        pair = self._pair
        if pair is None or pair.refresh_token is None or pair.is_spent(self._clock()):
            return None
        try:
            return await self._ask(QuotaClass.REFRESH, "/auth/refresh", {"refresh_token": pair.refresh_token})
        except Refused as error:
            if error.status == 403:
                raise
            return None
        except OutcomeUnknown:
            return None  # a refresh token works once, and this may have used it

    async def _login(self) -> TokenPair:
        try:
            return await self._ask(
                QuotaClass.LOGIN, "/auth/login", {"username": self._api_key, "password": self._api_secret}
            )
        except AccessDenied:
            raise
        except Refused as error:
            if error.status == 400:
                raise AccessDenied(
                    str(error), code=error.code, status=400, request_id=error.request_id
                ) from None
            raise NotSent(f"We could not log in. {error}", request_id=error.request_id) from None
        except OutcomeUnknown as error:
            raise NotSent(f"We could not log in. {error}", request_id=error.request_id) from None

    async def _ask(self, quota_class: QuotaClass, path: str, fields: dict[str, str]) -> TokenPair:
        await self._rate_limiter.acquire(quota_class, self._rate_limit_timeout_s)
        raw_response = await self._transport.send("POST", path, body=json_decimal.encode(fields))
        try:
            return parse_as(TokenPair, parse_response(raw_response, secrets=fields.values()))
        except NotSent as error:
            self._rate_limiter.hold(quota_class, error.retry_after_s or 0)
            raise
