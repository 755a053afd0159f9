"""Requests of one client: rate-limited, reads retried, purchases sent once."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from bot.vendors.contract import NotSent, VendorError
from bot.vendors.http import json_decimal
from bot.vendors.http.order_reader import OrderReader
from bot.vendors.http.rate_limit import RateLimiter
from bot.vendors.http.responses import RawResponse, Response
from bot.vendors.http.retry import remaining_s, with_retries
from bot.vendors.http.transport import Transport

QuotaClass = TypeVar("QuotaClass", bound=StrEnum)


@dataclass(frozen=True)  # without slots: in Python 3.11 they cannot be generic
class ApiRequest(Generic[QuotaClass]):
    """A request to the vendor's API."""

    method: str
    path: str
    quota_class: QuotaClass
    query: Mapping[str, str | int] | None = None
    fields: json_decimal.Fields | None = None
    moves_money: bool = False
    reader: OrderReader[Any] | None = None  # where the response is about an order


class ApiClient(ABC, Generic[QuotaClass]):
    """The base of a vendor's own client, which adds authentication and says what a response means."""

    def __init__(self, transport: Transport, rate_limiter: RateLimiter[QuotaClass], total_s: float) -> None:
        self._transport, self._rate_limiter, self._total_s = transport, rate_limiter, total_s

    async def read(self, request: ApiRequest[QuotaClass], timeout_s: float | None = None) -> Response:
        """Send a read and retry it, for at most `timeout_s` and never longer than the total timeout.

        Raises Refused, NotSent (never connected, or told to slow down) or OutcomeUnknown.
        """
        within_s = min(self._total_s, timeout_s or self._total_s)
        return await with_retries(lambda until: self.send_once(request, until), within_s)

    @abstractmethod
    async def send_once(self, request: ApiRequest[QuotaClass], until: float | None = None) -> Response:
        """Send this once. Without a deadline in `until`, each step may take the total timeout."""

    async def _exchange(
        self,
        request: ApiRequest[QuotaClass],
        until: float | None,
        headers: Mapping[str, str],
        parse_response: Callable[[RawResponse], Response],
    ) -> Response:
        await self._rate_limiter.acquire(request.quota_class, self._remaining_s(until))
        reader = request.reader

        async def on_interrupted(raw_response: RawResponse) -> None:
            if reader is not None:
                await reader.receive(raw_response, outcome_of(raw_response, parse_response))

        raw_response = await self._transport.send(
            request.method,
            request.path,
            query=request.query,
            body=None if request.fields is None else json_decimal.encode(request.fields),
            headers=headers,
            within_s=self._remaining_s(until),
            on_interrupted=on_interrupted,
        )
        outcome = outcome_of(raw_response, parse_response)
        if reader is not None:
            await reader.receive(raw_response, outcome)
        if isinstance(outcome, NotSent):
            self._rate_limiter.hold(request.quota_class, outcome.retry_after_s or 0)
        if isinstance(outcome, VendorError):
            raise outcome
        return outcome

    def _remaining_s(self, until: float | None) -> float:
        return self._total_s if until is None else remaining_s(until)


def outcome_of(
    raw_response: RawResponse, parse_response: Callable[[RawResponse], Response]
) -> Response | VendorError:
    """What a response means: the error is returned, so that the response can be saved before it is raised."""
    try:
        return parse_response(raw_response)
    except VendorError as error:
        return error
