"""Vendor events over HTTP: verified over the raw bytes, put on disk, and only then answered with 204."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.domain.events import VendorEvent
from bot.providers.contract import RejectedEvent
from bot.usecases.desk import Desk
from bot.usecases.receive_event import receive_event
from store import StoreError

log = structlog.get_logger(__name__)
_LARGEST_BODY = 256 * 1024
_READ_WITHIN_S = 10.0

ReadEvent = Callable[[Mapping[str, str], bytes, datetime], VendorEvent]


def webhook_route(desk: Desk, provider: str, read: ReadEvent) -> Route:
    """`/webhooks/PROVIDER`. `read` raises RejectedEvent for what is not a fresh event of the vendor's."""

    async def receive(request: Request) -> Response:
        try:
            async with asyncio.timeout(_READ_WITHIN_S):
                body = await _body(request)
            event = read(request.headers, body, desk.clock())
            new = receive_event(desk, event)
        except RejectedEvent as rejection:
            _say_rejected(request, provider, str(rejection), rejection.status)
            return Response(status_code=rejection.status)
        except (TimeoutError, ClientDisconnect):
            _say_rejected(request, provider, "it did not arrive whole", 408)
            return Response(status_code=408)
        except StoreError as failure:
            log.error("webhook_not_kept", provider=provider, why=str(failure))
            return Response(status_code=503)  # so that the vendor sends it again
        log.info(
            "webhook_received", provider=provider, event_id=event.event_id, kind=event.kind, repeated=not new
        )
        return Response(status_code=204)

    return Route(f"/webhooks/{provider}", receive, methods=["POST"])


async def _body(request: Request) -> bytes:
    """Raises RejectedEvent for one too large to be an event."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise RejectedEvent("it is too large to be an event", status=413)
    return bytes(body)


def _say_rejected(request: Request, provider: str, why: str, status: int) -> None:
    event_id = request.headers.get("x-event-id", "")[:80]
    log.warning("webhook_rejected", provider=provider, why=why, status=status, event_id=event_id)
