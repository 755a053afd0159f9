"""Shared by the commands of the vendors' stand-ins: common options, and how they start."""

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import click
from starlette.types import ASGIApp

from bot.sandbox.vendors.serve import listen, serve
from bot.sandbox.vendors.stand_in import StandIn

Command = Callable[..., Any]


def stand_in_options(port: int) -> Callable[[Command], Command]:
    """The options --host, --port, --state and --products."""
    options = (
        click.option("--host", default="127.0.0.1", show_default=True),
        click.option("--port", default=port, show_default=True, help="0 picks a free one."),
        click.option(
            "--state",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Keep everything here; else in memory.",
        ),
        click.option(
            "--products",
            type=click.IntRange(1, 200_000),
            help="Size of a new catalogue; else every known brand.",
        ),
    )

    def decorated(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorated


def run_stand_in(
    vendor: StandIn,
    build: Callable[[Any], ASGIApp],
    where: tuple[str, int],
    announced: Callable[[str], dict[str, object]],
) -> None:
    """Listen, open the vendor, print what `announced` returns for the address, and serve until a signal."""
    host, port = where
    try:
        listener, vendor.address = listen(host, port)
    except OSError as error:
        raise click.ClickException(
            f"Cannot listen on {host}:{port}: {os.strerror(error.errno or 0)}."
        ) from error
    with closing(vendor.db.connection):
        vendor.open()
        first_line = {
            "address": vendor.address,
            **announced(vendor.address),
            "admin": f"{vendor.address}/admin",
        }
        serve(build(vendor), listener, first_line)
