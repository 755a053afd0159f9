"""The HTTP servers for Slack's signed requests and for the vendors' webhooks."""

import asyncio
import socket
from collections.abc import Sequence
from typing import cast

import structlog
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from bot.web.uvicorn_server import serve_app

log = structlog.get_logger(__name__)
EVENTS_PATH = "/slack/events"


class PortUnusable(Exception):
    """Another process has the port, or this one may not listen on it."""


async def serve_http(
    app: AsyncApp, *, host: str, port: int, ready: asyncio.Event, webhooks: Sequence[Route] = ()
) -> None:
    """Until cancelled: Slack's requests at `/slack/events`, and the vendors' webhooks."""
    slack = Mount("/", app=cast(ASGIApp, AsyncSlackRequestHandler(app, path=EVENTS_PATH)))
    await _serve([*webhooks, slack], host=host, port=port, ready=ready)


async def serve_webhooks(webhooks: Sequence[Route], *, host: str, port: int) -> None:
    """Until cancelled: the vendors' webhooks alone, beside Socket Mode."""
    await _serve(webhooks, host=host, port=port)


async def _serve(
    routes: Sequence[BaseRoute], *, host: str, port: int, ready: asyncio.Event | None = None
) -> None:
    """The routes, and `/health` for monitoring."""

    async def health(_: Request) -> JSONResponse:
        return JSONResponse({"ok": True})

    listener = _listen(host, port)
    port = listener.getsockname()[1]  # chosen by the system when 0 was given
    log.info("http_listening", host=host, port=port, paths=list(map(_path, routes)))
    await serve_app(Starlette(routes=[Route("/health", health), *routes]), listener, ready=ready)


def _listen(host: str, port: int) -> socket.socket:
    """Raises PortUnusable, where uvicorn would end the process."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise PortUnusable(f"Cannot listen on {host}:{port}: {error.strerror}.") from error


def _path(route: BaseRoute) -> str:
    return route.path if isinstance(route, Route) else EVENTS_PATH
