"""`giftcard sandbox slack`: starts the stand-in and prints its address and settings."""

import asyncio
import contextlib
import json
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import click
import uvicorn

from bot.sandbox.slack.manifest import DEFAULT_PATH, InvalidManifest, read_manifest
from bot.sandbox.slack.server import build
from bot.sandbox.slack.stand_in import StandIn
from bot.sandbox.slack.state_file import StateFileWriter
from bot.sandbox.slack.vendor_admin import VendorAdmin
from bot.sandbox.slack.workspace import load_workspace


class Server(uvicorn.Server):
    """Prints the address when it listens, and stops at a signal without an error."""

    def __init__(self, config: uvicorn.Config, stand_in: StandIn) -> None:
        super().__init__(config)
        self._stand_in = stand_in

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        click.echo(json.dumps({"address": self._stand_in.address, "env": self._stand_in.environment}))

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._leave, number)
        yield

    def _leave(self, number: int) -> None:
        self._stand_in.leave()
        self.handle_exit(number, None)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=3000, show_default=True, help="0 picks a free one.")
@click.option(
    "--state", type=click.Path(dir_okay=False, path_type=Path), help="Keep the workspace in this file."
)
@click.option("--request-url", help="Deliver payloads here as signed posts instead of Socket Mode.")
@click.option(
    "--manifest",
    type=click.Path(dir_okay=False, path_type=Path),
    default=DEFAULT_PATH,
    help="The app's manifest.",
)
@click.option(
    "--vendor",
    "vendors",
    metavar="[TITLE=]URL",
    multiple=True,
    help="The back office of a vendor's stand-in, for the network pane and the faults; once for each vendor.",
)
def slack(
    host: str,
    port: int,
    state: Path | None,
    request_url: str | None,
    manifest: Path,
    vendors: tuple[str, ...],
) -> None:
    """Slack on this machine: Web API, Socket Mode, and a page to be every person."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise click.ClickException(f"Cannot listen on {host}:{port}: {error.strerror}.") from error
    address = f"http://{host}:{listening.getsockname()[1]}"
    workspace = load_workspace(state)
    try:
        promised = read_manifest(manifest)
    except InvalidManifest as error:
        raise click.ClickException(str(error)) from error
    stand_in = StandIn(address, workspace, promised, request_url, StateFileWriter(workspace, state))
    config = uvicorn.Config(
        build(stand_in, [VendorAdmin.named(vendor) for vendor in vendors]),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    Server(config, stand_in).run(sockets=[listening])
