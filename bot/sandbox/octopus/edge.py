"""The outermost layer: request ids, injected transport faults, and the log of recent requests."""

import asyncio
import logging
import secrets
import string
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.sandbox.octopus.errors import bad_request, of_status, too_many_requests
from bot.sandbox.octopus.faults import HEADER, Fault
from bot.sandbox.octopus.vendor import Vendor

log = logging.getLogger("uvicorn.error")
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
KSUID_EPOCH = 1_400_000_000
LONGEST_REQUEST_ID = 63
GATEWAY_PAGE = (
    "<html>\n<head><title>{0}</title></head>\n<body><center><h1>{0}</h1></center></body>\n</html>\n"
)


@dataclass
class Answer:
    """A whole answer, kept back until it is known whether it may leave."""

    status: int = 0
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], tuple(message.get("headers", ()))
        else:
            self.body += message.get("body", b"")


class Edge:
    def __init__(self, app: ASGIApp, vendor: Vendor) -> None:
        self.app, self.vendor = app, vendor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(("/admin", "/images")):
            await self.app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        request_id = kept_or_new(headers.get("x-request-id", ""))
        entry, started = noted(scope, request_id), time.perf_counter()
        answer = await self._answer(scope, await whole_body(receive), entry, headers.get(HEADER))
        entry["ms"] = round((time.perf_counter() - started) * 1000, 1)
        entry["status"] = answer and answer.status
        self.vendor.requests.appendleft(entry)
        if answer is None:
            hang_up(scope)
            return
        named = [*answer.headers, (b"x-request-id", request_id.encode())]
        await send({"type": "http.response.start", "status": answer.status, "headers": named})
        if "truncate" in entry["faults"]:
            half = answer.body[: len(answer.body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
            hang_up(scope)
            return
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(
        self, scope: Scope, receive: Receive, entry: dict[str, Any], header: str | None
    ) -> Answer | None:
        """None: no answer at all."""
        try:
            faults = self.vendor.faults.take(scope["method"], scope["path"], header)
        except ValueError as unknown:
            return await whole(bad_request(f"X-Sandbox-Fault: {unknown}").answer(), scope, receive)
        entry["faults"] = list(faults)
        scope.setdefault("state", {})["faults"] = faults
        await pause(faults.get("delay-before"))
        if "drop-before" in faults:
            return None
        if "rate-limited" in faults:
            refusal = too_many_requests(int(faults["rate-limited"].seconds(9)))
            return await whole(refusal.answer(), scope, receive)
        failure = faults.get("error")
        if failure is None or failure.options.get("when") == "after":
            answer = await self._work(scope, receive)
            await pause(faults.get("delay-after"))
        if failure is not None:
            answer = await whole(failing(failure), scope, receive)
        return None if "drop-after" in faults else answer

    async def _work(self, scope: Scope, receive: Receive) -> Answer:
        try:
            return await whole(self.app, scope, receive)
        except Exception:
            log.exception("%s %s failed", scope["method"], scope["path"])
            return await whole(of_status(500).answer(), scope, receive)


def noted(scope: Scope, request_id: str) -> dict[str, Any]:
    """An entry of the log, before its outcome is known; `at` is the time of this machine."""
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


async def whole_body(receive: Receive) -> Receive:
    """Take in the request now: a client that hangs up while its order is delayed has ordered all the same."""
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())

    async def again() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    return again


async def whole(app: ASGIApp, scope: Scope, receive: Receive) -> Answer:
    answer = Answer()
    await app(scope, receive, answer.take)
    return answer


async def pause(fault: Fault | None) -> None:
    if fault is not None:
        await asyncio.sleep(fault.seconds(5))


def failing(fault: Fault) -> Response:
    """A server or gateway error, as JSON or as a gateway's HTML page."""
    refusal = of_status(int(fault.options.get("status", 500)))
    if fault.options.get("body") == "html":
        return HTMLResponse(GATEWAY_PAGE.format(f"{refusal.status} {refusal.message}"), refusal.status)
    return refusal.answer()


def hang_up(scope: Scope) -> None:
    scope["state"]["hang_up"]()


def kept_or_new(wanted: str) -> str:
    """The caller's request id if it is KSUID-compatible and under 64 characters, else a new KSUID."""
    if wanted and len(wanted) <= LONGEST_REQUEST_ID and all(mark in BASE62 + "-_" for mark in wanted):
        return wanted
    number = (int(time.time()) - KSUID_EPOCH) << 128 | secrets.randbits(128)
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = BASE62[digit] + digits
    return digits.rjust(27, "0")
