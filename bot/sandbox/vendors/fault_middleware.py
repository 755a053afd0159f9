"""The outermost middleware: injects transport faults and logs recent requests."""

import asyncio
import logging
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.vendors.buffering import BufferedResponse, buffer_request, buffer_response
from bot.sandbox.vendors.faults import HEADER, Fault, Faults
from bot.sandbox.vendors.stand_in import StandIn

log = logging.getLogger("uvicorn.error")
OWN_PATHS = ("/admin", "/images")
LONGEST_HOLD_S = 60.0
GATEWAY_PAGE = (
    "<html>\n<head><title>{0}</title></head>\n<body><center><h1>{0}</h1></center></body>\n</html>\n"
)


class FaultMiddleware(ABC):
    """Subclasses give the responses their vendor's form."""

    def __init__(self, app: ASGIApp, stand_in: StandIn) -> None:
        self.app, self.stand_in = app, stand_in

    @abstractmethod
    def invalid_fault(self, why: str) -> Response:
        """The response to an invalid fault header."""

    @abstractmethod
    def rate_limited(self, fault: Fault) -> Response: ...

    @abstractmethod
    def failing(self, status: int) -> tuple[Response, str]:
        """A server or gateway error, and its title for an HTML page."""

    def request_id(self, headers: Mapping[str, str]) -> str:  # noqa: ARG002  # for vendors that have one
        return secrets.token_hex(8)

    def own_headers(self, request_id: str) -> tuple[tuple[bytes, bytes], ...]:  # noqa: ARG002
        return ()

    def account(self, headers: Mapping[str, str]) -> str:  # noqa: ARG002
        """The account that sent the request, for faults that match one account only."""
        return ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(OWN_PATHS):
            await self.app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        request_id = self.request_id(headers)
        entry, started = request_entry(scope, request_id), time.perf_counter()
        account = self.account(headers)
        if account:
            entry["account"] = account
        answer = await self._answer(scope, receive, entry, headers)
        entry["ms"] = round((time.perf_counter() - started) * 1000, 1)
        entry["status"] = answer and answer.status
        self.stand_in.requests.appendleft(entry)
        if answer is not None:
            answer.headers += self.own_headers(request_id)
            await answer.leave(send, cut="truncate" in entry["faults"])
        if answer is None or "truncate" in entry["faults"]:
            scope["state"]["hang_up"]()

    async def _answer(
        self, scope: Scope, receive: Receive, entry: dict[str, Any], headers: Mapping[str, str]
    ) -> BufferedResponse | None:
        """None: no response."""
        body = await buffer_request(receive)
        try:
            faults = self.stand_in.faults.take(
                scope["method"], scope["path"], headers.get(HEADER), entry.get("account", "")
            )
        except ValueError as error:
            return await buffer_response(self.invalid_fault(f"X-Sandbox-Fault: {error}"), scope, body)
        entry["faults"] = list(faults)
        scope.setdefault("state", {})["faults"] = faults
        await pause(faults.get("delay-before"))
        if "commit-late" in faults:
            await wait_for_disconnect(faults["commit-late"], receive)
        if "drop-before" in faults:
            return None
        if "rate-limited" in faults:
            return await buffer_response(self.rate_limited(faults["rate-limited"]), scope, body)
        answer = await self._worked(scope, body, faults)
        return None if "drop-after" in faults or "commit-late" in faults else answer

    async def _worked(self, scope: Scope, receive: Receive, faults: Faults) -> BufferedResponse:
        failure = faults.get("error")
        if failure is None or failure.options.get("when") == "after":
            answer = await self._work(scope, receive)
            await pause(faults.get("delay-after"))
        return answer if failure is None else await buffer_response(self._failure(failure), scope, receive)

    async def _work(self, scope: Scope, receive: Receive) -> BufferedResponse:
        try:
            return await buffer_response(self.app, scope, receive)
        except Exception:
            log.exception("%s %s failed", scope["method"], scope["path"])
            return await buffer_response(self.failing(500)[0], scope, receive)

    def _failure(self, fault: Fault) -> Response:
        """The error as JSON or as the HTML page of a gateway."""
        answer, title = self.failing(int(fault.options.get("status", 500)))
        if fault.options.get("body") == "html":
            return HTMLResponse(GATEWAY_PAGE.format(f"{answer.status_code} {title}"), answer.status_code)
        return answer


def request_entry(scope: Scope, request_id: str) -> dict[str, Any]:
    """A new entry of the request log, without outcome yet; `at` is the time of this machine."""
    query = scope["query_string"].decode("latin-1")
    return {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "method": scope["method"],
        "path": scope["path"] + (f"?{query}" if query else ""),
        "status": None,
        "ms": None,
        "request_id": request_id,
        "faults": [],
    }


async def pause(fault: Fault | None) -> None:
    if fault is not None:
        await asyncio.sleep(fault.seconds(5))


async def wait_for_disconnect(fault: Fault, receive: Receive) -> None:
    """Wait until the client has disconnected, and a little longer."""
    try:
        async with asyncio.timeout(LONGEST_HOLD_S):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        log.warning("the client did not hang up within %s s", LONGEST_HOLD_S)
    await asyncio.sleep(fault.seconds(1))
