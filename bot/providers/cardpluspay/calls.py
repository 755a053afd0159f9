"""Calls as CardPlusPay wants them: with our key, and signed where the account wants that."""

from functools import partial

from bot.providers.cardpluspay.failures import reply_to
from bot.providers.cardpluspay.pace import Lane, Pace
from bot.providers.cardpluspay.signing import Signing, challenge_in
from bot.providers.contract import AccessDenied, NotSent, OutcomeUnknown, Refused
from bot.providers.http import calls
from bot.providers.http.answers import Reply
from bot.providers.http.transport import Transport

Call = calls.Call[Lane]


class Calls(calls.Calls[Lane]):
    """Every call of one client goes through here."""

    def __init__(
        self, transport: Transport, pace: Pace, api_key: str, signing: Signing | None, total_s: float
    ) -> None:
        super().__init__(transport, pace, total_s)
        self._secrets = (api_key,)
        self._headers = {"X-API-Key": api_key}  # the vendor wants it spelled exactly so
        self._signing = signing

    async def once(self, call: Call, until: float | None = None) -> Reply:
        """Send this once. Without `until`, a challenge, our turn and the exchange may take the total each."""
        headers = self._headers | await self._signature(until)
        understood = partial(reply_to, secrets=self._secrets, moves_money=call.moves_money)
        return await self._exchange(call, until, headers, understood)

    async def _signature(self, until: float | None) -> dict[str, str]:
        """Raises AccessDenied, or NotSent for every other reason: nothing else was sent yet."""
        if self._signing is None:
            return {}
        call = Call("GET", self._signing.challenge_path, Lane.READ)
        understood = partial(reply_to, secrets=self._secrets)
        try:
            return self._signing.headers(
                challenge_in(await self._exchange(call, until, self._headers, understood))
            )
        except AccessDenied:
            raise
        except (Refused, OutcomeUnknown) as failure:
            raise NotSent(f"We got nothing to sign. {failure}", request_id=failure.request_id) from None
