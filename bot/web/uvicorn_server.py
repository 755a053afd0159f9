"""Runs an ASGI app on a bound socket until it is cancelled."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp


async def serve_app(
    app: ASGIApp,
    listener: socket.socket,
    *,
    ready: asyncio.Event | None = None,
    finish_within_s: int | None = None,
) -> None:
    """Close `listener` at the end. Requests still running then are cancelled after `finish_within_s`."""
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=finish_within_s)
    server = _Server(config, ready or asyncio.Event())
    with listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await serving


class _Server(uvicorn.Server):
    """Leaves signals to the bot, which stops its parts in order, and tells when it accepts requests."""

    def __init__(self, config: uvicorn.Config, ready: asyncio.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
