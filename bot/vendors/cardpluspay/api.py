"""Requests to CardPlusPay: with our key, and signed where the account requires it."""

from functools import partial

from bot.vendors.cardpluspay.errors import parse_response
from bot.vendors.cardpluspay.rate_limit import CardPlusPayRateLimiter, QuotaClass
from bot.vendors.cardpluspay.signing import RequestSigner, challenge_in
from bot.vendors.contract import AccessDenied, NotSent, OutcomeUnknown, Refused
from bot.vendors.http import api
from bot.vendors.http.responses import Response
from bot.vendors.http.transport import Transport

ApiRequest = api.ApiRequest[QuotaClass]


class ApiClient(api.ApiClient[QuotaClass]):
    """Sends all requests of one client."""

    def __init__(
        self,
        transport: Transport,
        rate_limiter: CardPlusPayRateLimiter,
        api_key: str,
        signing: RequestSigner | None,
        total_s: float,
    ) -> None:
        super().__init__(transport, rate_limiter, total_s)
        self._secrets = (api_key,)
        self._headers = {"X-API-Key": api_key}  # the vendor requires this spelling
        self._signing = signing

    async def send_once(self, request: ApiRequest, until: float | None = None) -> Response:
        """Send this once. Without `until`, challenge, rate limit and exchange may each take the total."""
        headers = self._headers | await self._signature(until)
        parse = partial(parse_response, secrets=self._secrets, moves_money=request.moves_money)
        return await self._exchange(request, until, headers, parse)

    async def _signature(self, until: float | None) -> dict[str, str]:
        """Raises AccessDenied, or NotSent for any other failure: the request itself was not sent yet."""
        if self._signing is None:
            return {}
        request = ApiRequest("GET", self._signing.challenge_path, QuotaClass.READ)
        parse = partial(parse_response, secrets=self._secrets)
        try:
            return self._signing.headers(
                challenge_in(await self._exchange(request, until, self._headers, parse))
            )
        except AccessDenied:
            raise
        except (Refused, OutcomeUnknown) as error:
            raise NotSent(f"We got nothing to sign. {error}", request_id=error.request_id) from None
