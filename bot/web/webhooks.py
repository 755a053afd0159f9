"""Vendor events over HTTP: verified over the raw bytes, put on disk, and only then answered with 204."""

import asyncio
from collections.abc import Iterable

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.services.context import AppContext
from bot.services.vendor_events import receive_event
from bot.vendors.contract import InvalidWebhook
from bot.vendors.plugin import EventReader, VendorPlugin
from store import StoreError

log = structlog.get_logger(__name__)
_LARGEST_BODY = 256 * 1024
_READ_WITHIN_S = 10.0


def webhook_routes(ctx: AppContext, plugins: Iterable[VendorPlugin]) -> list[Route]:
    """`/webhooks/VENDOR` for each vendor whose webhooks can be verified."""
    readers = {plugin.name: plugin.event_reader() for plugin in plugins}
    return [webhook_route(ctx, name, read) for name, read in readers.items() if read]


def webhook_route(ctx: AppContext, vendor: str, read: EventReader) -> Route:
    async def receive(request: Request) -> Response:
        try:
            async with asyncio.timeout(_READ_WITHIN_S):
                body = await _body(request)
            event = read(request.headers, body, ctx.clock())
            new = await receive_event(ctx, event)
        except InvalidWebhook as error:
            _log_rejected(request, vendor, str(error), error.status)
            return Response(status_code=error.status)
        except (TimeoutError, ClientDisconnect):
            _log_rejected(request, vendor, "it did not arrive whole", 408)
            return Response(status_code=408)
        except StoreError as error:
            log.error("webhook_not_kept", vendor=vendor, why=str(error))
            return Response(status_code=503)  # so that the vendor sends it again
        log.info(
            "webhook_received", vendor=vendor, event_id=event.event_id, kind=event.kind, repeated=not new
        )
        return Response(status_code=204)

    return Route(f"/webhooks/{vendor}", receive, methods=["POST"])


async def _body(request: Request) -> bytes:
    """Raises InvalidWebhook when it is too large to be an event."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise InvalidWebhook("it is too large to be an event", status=413)
    return bytes(body)


def _log_rejected(request: Request, vendor: str, why: str, status: int) -> None:
    event_id = request.headers.get("x-event-id", "")[:80]
    log.warning("webhook_rejected", vendor=vendor, why=why, status=status, event_id=event_id)
