"""Requests to Octopus Cards: with an access token, and again with a new one if it is rejected."""

import asyncio
from functools import partial

from bot.vendors.contract import AccessDenied, NotSent
from bot.vendors.http import api
from bot.vendors.http.responses import Response
from bot.vendors.http.transport import Transport
from bot.vendors.octopus.auth import TokenManager
from bot.vendors.octopus.errors import parse_response
from bot.vendors.octopus.identity import OCTOPUS
from bot.vendors.octopus.rate_limit import OctopusRateLimiter, QuotaClass

ApiRequest = api.ApiRequest[QuotaClass]


class ApiClient(api.ApiClient[QuotaClass]):
    """Sends all requests of one client, except for logins."""

    def __init__(
        self,
        transport: Transport,
        token_manager: TokenManager,
        rate_limiter: OctopusRateLimiter,
        total_s: float,
    ) -> None:
        super().__init__(transport, rate_limiter, total_s)
        self._token_manager = token_manager

    async def get(self, path: str, timeout_s: float | None = None, **query: str | int) -> Response:
        return await self.read(ApiRequest("GET", f"/api/v1{path}", QuotaClass.READ, query or None), timeout_s)

    async def send_once(self, request: ApiRequest, until: float | None = None) -> Response:
        """Send this once. Only after a 401, which surely did nothing, send it again with a new token.

        Without `until`, login, rate limit and exchange may take the total timeout each.
        """
        token = await self._token(until)
        try:
            return await self._send_with(token, request, until)
        except AccessDenied as error:
            if error.status != 401:
                raise
        token = await self._token(until, rejected=token)
        return await self._send_with(token, request, until)

    async def _send_with(self, token: str, request: ApiRequest, until: float | None) -> Response:
        parse = partial(parse_response, secrets=(token,), carries_reference=request.moves_money)
        return await self._exchange(request, until, {"Authorization": f"Bearer {token}"}, parse)

    async def _token(self, until: float | None, rejected: str | None = None) -> str:
        try:
            async with asyncio.timeout(self._remaining_s(until)):
                return await self._token_manager.token(rejected=rejected)
        except TimeoutError:
            raise NotSent(f"We could not log in to {OCTOPUS.title} in time.") from None
