"""Who reaches us over HTTP: Slack, with signed requests, and the vendors' webhooks."""

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import structlog
import uvicorn
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

log = structlog.get_logger(__name__)
EVENTS_PATH = "/slack/events"


async def serve_http(
    app: AsyncApp, *, host: str, port: int, ready: asyncio.Event, webhooks: Sequence[Route] = ()
) -> None:
    """Until cancelled: Slack's requests at `/slack/events`, and the vendors' webhooks."""
    slack = Mount("/", app=cast(ASGIApp, AsyncSlackRequestHandler(app, path=EVENTS_PATH)))
    await _serve([*webhooks, slack], host=host, port=port, ready=ready)


async def serve_webhooks(webhooks: Sequence[Route], *, host: str, port: int) -> None:
    """Until cancelled: the vendors' webhooks alone, beside Socket Mode."""
    await _serve(webhooks, host=host, port=port, ready=asyncio.Event())


async def _serve(routes: Sequence[BaseRoute], *, host: str, port: int, ready: asyncio.Event) -> None:
    """The routes, and `/health` for whoever watches."""

    async def health(_: Request) -> JSONResponse:
        return JSONResponse({"ok": True})

    web = Starlette(routes=[Route("/health", health), *routes])
    server = _Server(uvicorn.Config(web, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[_listener(host, port)]))
    try:
        while not server.started and not serving.done():  # noqa: ASYNC110  # uvicorn offers no event
            await asyncio.sleep(0.02)
        if serving.done():
            return await serving
        log.info("http_listening", host=host, port=server.port, paths=list(map(_path, routes)))
        ready.set()
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving


def _listener(host: str, port: int) -> socket.socket:
    """Ours rather than uvicorn's, which ends the process where this raises PortUnusable."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise PortUnusable(f"Cannot listen on {host}:{port}: {error.strerror}.") from error


def _path(route: BaseRoute) -> str:
    return route.path if isinstance(route, Route) else EVENTS_PATH


class PortUnusable(Exception):
    """Somebody else listens there, or nobody may."""


class _Server(uvicorn.Server):
    """Leaves signals to us: the order in which things stop matters."""

    @property
    def port(self) -> int:
        """The one it listens on, also when any would do."""
        return int(self.servers[0].sockets[0].getsockname()[1])

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
