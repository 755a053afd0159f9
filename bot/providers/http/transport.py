"""One HTTP exchange with a vendor: bounded in time and size, logged without bodies, never repeated."""

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import cast
from urllib.parse import urlsplit

import httpx
import structlog

from bot.providers.contract import NotSent, ProviderError
from bot.providers.http.answers import Answer, Unanswered, Unreadable
from bot.providers.http.vendor import Vendor

log = structlog.get_logger()

_LARGEST_BODY = 8 * 1024 * 1024  # 5,000 vouchers are under 3 MiB
_MOST_CONNECTIONS = 50  # every purchase the quota allows may hang for its 30 s, and reads still get through
_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,64}")
_NEVER_CONNECTED = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)


_Chunks = AsyncGenerator[bytes, None]  # which is what httpx returns, though it promises less


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `total_s` bounds a call however slowly the vendor drips, retries of a read included."""

    connect_s: float = 5
    read_s: float = 30
    total_s: float = 60


@cache
def _trusted() -> ssl.SSLContext:
    """Loaded once: it takes longer than a call."""
    return httpx.create_ssl_context()


class Transport:
    """Sends one request at a time over shared connections.

    Where the vendor takes numbers of ours for requests, `new_request_id` makes them.
    """

    def __init__(
        self,
        vendor: Vendor,
        base_url: str,
        timeouts: Timeouts,
        *,
        new_request_id: Callable[[], str] | None = None,
    ) -> None:
        self._vendor, self._new_request_id = vendor, new_request_id
        self._total_s = timeouts.total_s
        self._http = httpx.AsyncClient(
            base_url=base_url,
            timeout=httpx.Timeout(timeouts.read_s, connect=timeouts.connect_s, pool=timeouts.connect_s),
            limits=httpx.Limits(max_connections=_MOST_CONNECTIONS),
            verify=_trusted(),
            follow_redirects=False,  # a redirect would carry our credentials, or an order, somewhere else
            trust_env=urlsplit(base_url).hostname not in ("127.0.0.1", "localhost", "::1"),
        )

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One exchange. Raises NotSent when no connection was made, OutcomeUnknown for other trouble."""
        request_id = self._new_request_id() if self._new_request_id else None
        sent = {"Accept": "application/json"}
        if request_id is not None:
            sent["X-Request-Id"] = request_id
        if body is not None:
            sent["Content-Type"] = "application/json"
        if self._http.is_closed:
            raise NotSent(f"The connection to {self._vendor.title} is closed: we are shutting down.")
        request = self._http.build_request(
            method, path, params=query, content=body, headers=sent | dict(headers or {})
        )
        started = monotonic()
        outcome = await self._exchange(request, request_id)
        call = log.bind(method=method, path=path, duration_ms=round((monotonic() - started) * 1000))
        # Raised out here so that no httpx exception, which holds the request, hangs on ours.
        if isinstance(outcome, ProviderError):
            call.warning(
                f"{self._vendor.name}_call_failed",
                error=type(outcome).__name__,
                request_id=outcome.request_id,
            )
            raise outcome
        call.info(f"{self._vendor.name}_call", status=outcome.status, request_id=outcome.request_id)
        return outcome

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _exchange(self, request: httpx.Request, request_id: str | None) -> Answer | ProviderError:
        title = self._vendor.title
        try:
            async with asyncio.timeout(self._total_s):
                response = await self._http.send(request, stream=True)
                try:
                    return await self._read(response, request_id)
                finally:
                    await response.aclose()
        except TimeoutError:
            return Unanswered(
                f"{title} did not finish its answer in {self._total_s:g} s.", request_id=request_id
            )
        except _NEVER_CONNECTED as error:
            return NotSent(f"{title} cannot be reached ({type(error).__name__}).", request_id=request_id)
        except (httpx.HTTPError, OSError) as error:
            return Unanswered(
                f"The connection to {title} broke ({type(error).__name__}).", request_id=request_id
            )

    async def _read(self, response: httpx.Response, request_id: str | None) -> Answer | ProviderError:
        echoed = response.headers.get("x-request-id", "")
        if _REQUEST_ID.fullmatch(echoed):
            request_id = echoed
        body = bytearray()
        async with aclosing(cast(_Chunks, response.aiter_bytes())) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > _LARGEST_BODY:
                    return Unreadable(
                        f"{self._vendor.title} sent an answer too large to be one of its own.",
                        request_id=request_id,
                    )
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, bytes(body), request_id)
