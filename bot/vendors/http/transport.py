"""One HTTP exchange with a vendor: limited in time and size, logged without bodies, never repeated."""

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import cast

import httpx
import structlog

from bot.vendors.contract import NotSent, VendorError
from bot.vendors.http.identity import VendorIdentity
from bot.vendors.http.response_buffer import ResponseBuffer
from bot.vendors.http.responses import RawResponse
from bot.vendors.settings import host_of, is_loopback

log = structlog.get_logger()

_MOST_CONNECTIONS = 50  # reads get through even while every purchase the quota allows hangs for 30 s
_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,64}")
_NEVER_CONNECTED = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)

ResponseHook = Callable[[RawResponse], Awaitable[None]]
_Chunks = AsyncGenerator[bytes, None]  # what httpx returns, though its annotation says less


@dataclass(frozen=True, slots=True)
class Timeouts:
    """In seconds. `total_s` limits a call however slowly bytes arrive, and includes the retries of a read."""

    connect_s: float = 5
    read_s: float = 30
    total_s: float = 60


@cache
def trusted_certificates() -> ssl.SSLContext:
    """Cached, because loading the certificates takes longer than a call."""
    return httpx.create_ssl_context()


class Transport:
    """Sends requests over shared connections. `new_request_id` is for vendors that accept ids of ours."""

    def __init__(
        self,
        vendor: VendorIdentity,
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
            verify=trusted_certificates(),
            follow_redirects=False,  # a redirect would send our credentials, or an order, somewhere else
            trust_env=not is_loopback(host_of(base_url)),
        )

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        within_s: float | None = None,
        on_interrupted: ResponseHook | None = None,
    ) -> RawResponse:
        """Send a request. Raises NotSent if no connection was made, OutcomeUnknown if nothing was received.

        A response that broke off is returned as far as it was received. If the task is cancelled in the
        middle of one, `on_interrupted` is awaited with that.
        """
        if self._http.is_closed:
            raise NotSent(f"The connection to {self._vendor.title} is closed: we are shutting down.")
        request_id = self._new_request_id() if self._new_request_id else None
        buffer = ResponseBuffer(self._vendor, request_id, self._total_s if within_s is None else within_s)
        sent = _headers(request_id, body) | dict(headers or {})
        request = self._http.build_request(method, path, params=query, content=body, headers=sent)
        call_log = log.bind(method=method, path=path)
        started = monotonic()
        try:
            outcome = await self.exchange(request, buffer)
        except asyncio.CancelledError:
            if on_interrupted is not None and buffer.body:
                await on_interrupted(
                    buffer.raw_response(buffer.problem(f"We stopped listening to {self._vendor.title}."))
                )
            raise
        call_log = call_log.bind(duration_ms=round((monotonic() - started) * 1000))
        self._log_outcome(call_log, outcome)
        # Raised out here, so that it does not carry an httpx exception, which holds the request.
        if isinstance(outcome, VendorError):
            raise outcome
        return outcome

    async def aclose(self) -> None:
        await self._http.aclose()

    async def exchange(self, request: httpx.Request, buffer: ResponseBuffer) -> RawResponse | VendorError:
        title = self._vendor.title
        try:
            async with asyncio.timeout(buffer.within_s):
                response = await self._http.send(request, stream=True)
                try:
                    await _read_body(response, buffer)
                finally:
                    await response.aclose()
            return buffer.raw_response()
        except TimeoutError:
            broken = buffer.problem(f"{title} did not finish its answer in {buffer.within_s:.3g} s.")
        except _NEVER_CONNECTED as error:
            return NotSent(
                f"{title} cannot be reached ({type(error).__name__}).", request_id=buffer.request_id
            )
        except (httpx.HTTPError, OSError) as error:
            broken = buffer.problem(f"The connection to {title} broke ({type(error).__name__}).")
        return buffer.raw_response(broken) if buffer.body else broken

    def _log_outcome(
        self, call_log: structlog.typing.FilteringBoundLogger, outcome: RawResponse | VendorError
    ) -> None:
        failure = outcome if isinstance(outcome, VendorError) else outcome.broken
        if failure is not None:
            call_log.warning(
                f"{self._vendor.name}_call_failed",
                error=type(failure).__name__,
                request_id=failure.request_id,
            )
        elif isinstance(outcome, RawResponse):
            call_log.info(f"{self._vendor.name}_call", status=outcome.status, request_id=outcome.request_id)


def _headers(request_id: str | None, body: bytes | None) -> dict[str, str]:
    headers = {"Accept": "application/json", "Accept-Encoding": "gzip"}
    if request_id is not None:
        headers["X-Request-Id"] = request_id
    if body is not None:
        headers["Content-Type"] = "application/json"
    return headers


async def _read_body(response: httpx.Response, buffer: ResponseBuffer) -> None:
    echoed = response.headers.get("x-request-id", "")
    if _REQUEST_ID.fullmatch(echoed):
        buffer.request_id = echoed
    buffer.status = response.status_code
    buffer.headers = {name.lower(): value for name, value in response.headers.items()}
    async with aclosing(cast(_Chunks, response.aiter_raw())) as chunks:
        async for chunk in chunks:
            buffer.body += chunk
            if buffer.is_too_large:
                return
