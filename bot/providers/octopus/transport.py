"""One HTTP exchange with the vendor: bounded in time and size, logged without bodies, never repeated."""

import asyncio
import re
import secrets
import ssl
import string
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import cache
from time import monotonic, time
from typing import cast
from urllib.parse import urlsplit

import httpx
import structlog

from bot.providers.contract import NotSent, ProviderError
from bot.providers.octopus.failures import Answer, Unanswered, Unreadable

log = structlog.get_logger()

_LARGEST_BODY = 8 * 1024 * 1024  # 5,000 vouchers are under 3 MiB
_MOST_CONNECTIONS = 50  # every purchase the quota allows may hang for its 30 s, and reads still get through
_KSUID_EPOCH = 1_400_000_000
_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
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
    """Sends one request at a time over shared connections."""

    def __init__(self, base_url: str, timeouts: Timeouts) -> None:
        self._total_s = timeouts.total_s
        self._http = httpx.AsyncClient(
            base_url=base_url,
            timeout=httpx.Timeout(timeouts.read_s, connect=timeouts.connect_s, pool=timeouts.connect_s),
            limits=httpx.Limits(max_connections=_MOST_CONNECTIONS),
            verify=_trusted(),
            follow_redirects=False,  # a redirect would carry the token, or an order, somewhere else
            trust_env=urlsplit(base_url).hostname not in ("127.0.0.1", "localhost", "::1"),
        )

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: bytes | None = None,
        token: str | None = None,
    ) -> Answer:
        """One exchange. Raises NotSent when no connection was made, OutcomeUnknown for other trouble."""
        request_id = new_request_id()
        headers = {"Accept": "application/json", "X-Request-Id": request_id}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self._http.is_closed:
            raise NotSent("The connection to Octopus Cards is closed: we are shutting down.")
        request = self._http.build_request(method, path, params=query, content=body, headers=headers)
        started = monotonic()
        outcome = await self._exchange(request, request_id)
        call = log.bind(method=method, path=path, duration_ms=round((monotonic() - started) * 1000))
        # Raised out here so that no httpx exception, which holds the request, hangs on ours.
        if isinstance(outcome, ProviderError):
            call.warning("octopus_call_failed", error=type(outcome).__name__, request_id=outcome.request_id)
            raise outcome
        call.info("octopus_call", status=outcome.status, request_id=outcome.request_id)
        return outcome

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _exchange(self, request: httpx.Request, request_id: str) -> Answer | ProviderError:
        try:
            async with asyncio.timeout(self._total_s):
                response = await self._http.send(request, stream=True)
                try:
                    return await _read(response, request_id)
                finally:
                    await response.aclose()
        except TimeoutError:
            return Unanswered(
                f"Octopus Cards did not finish its answer in {self._total_s:g} s.", request_id=request_id
            )
        except _NEVER_CONNECTED as error:
            return NotSent(
                f"Octopus Cards cannot be reached ({type(error).__name__}).", request_id=request_id
            )
        except (httpx.HTTPError, OSError) as error:
            return Unanswered(
                f"The connection to Octopus Cards broke ({type(error).__name__}).", request_id=request_id
            )


async def _read(response: httpx.Response, request_id: str) -> Answer | ProviderError:
    echoed = response.headers.get("x-request-id", "")
    if _REQUEST_ID.fullmatch(echoed):
        request_id = echoed
    body = bytearray()
    async with aclosing(cast(_Chunks, response.aiter_bytes())) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > _LARGEST_BODY:
                return Unreadable(
                    "Octopus Cards sent an answer too large to be one of its own.", request_id=request_id
                )
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, bytes(body), request_id)


def new_request_id() -> str:
    """A KSUID: 27 characters that sort by time, which the vendor keeps as our trace id."""
    number = (int(time()) - _KSUID_EPOCH) << 128 | secrets.randbits(128)
    digits = []
    for _ in range(27):
        number, digit = divmod(number, 62)
        digits.append(_BASE62[digit])
    return "".join(reversed(digits))
