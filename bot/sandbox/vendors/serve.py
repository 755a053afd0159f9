"""Runs the stand-in until a signal: prints its announcement when it listens, stops without an error."""

import contextlib
import json
import signal
import socket
import sys
from collections.abc import Generator

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

ASK_TO_STOP = (signal.SIGINT, signal.SIGTERM)


class HangUpProtocol(HttpToolsProtocol):
    """Lets the application close the connection without a response, as a network failure does.

    Also keeps the spelling of header names, which ASGI does not.
    """

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"]["hang_up"] = self._hang_up
        self.scope["state"]["spelled"] = set[bytes]()

    def on_header(self, name: bytes, value: bytes) -> None:
        self.scope["state"]["spelled"].add(name)
        super().on_header(name, value)

    def _hang_up(self) -> None:
        self.cycle.disconnected = True  # otherwise uvicorn answers 500
        self.transport.close()


class Server(uvicorn.Server):
    announcement: dict[str, object]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write(json.dumps(self.announcement) + "\n")
        sys.stdout.flush()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """A stop is no error, so the signal is not raised again at the end."""
        before = {number: signal.signal(number, self.handle_exit) for number in ASK_TO_STOP}
        yield
        for number, handler in before.items():
            signal.signal(number, handler)


def listen(host: str, port: int) -> tuple[socket.socket, str]:
    """A bound socket and its address. Raises OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=1024)
    name = f"[{host}]" if ":" in host else host
    return listener, f"http://{name}:{listener.getsockname()[1]}"


def serve(app: ASGIApp, listener: socket.socket, announcement: dict[str, object]) -> None:
    config = uvicorn.Config(
        app,
        http=HangUpProtocol,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,  # as gateways have it; with a short one, pooled connections break now and then
        timeout_graceful_shutdown=1,
    )
    server = Server(config)
    server.announcement = announcement
    server.run(sockets=[listener])
