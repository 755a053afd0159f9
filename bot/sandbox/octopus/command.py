"""`giftcard sandbox octopus`: the Octopus Cards stand-in on this machine."""

import os
from contextlib import closing
from pathlib import Path

import click

from bot.sandbox.octopus.app import build
from bot.sandbox.octopus.choices import Choices
from bot.sandbox.octopus.clock import Clock
from bot.sandbox.octopus.database import Database
from bot.sandbox.octopus.serve import listen, serve
from bot.sandbox.octopus.vendor import Vendor, Webhook


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=4010, show_default=True, help="0 picks a free one.")
@click.option(
    "--state", type=click.Path(dir_okay=False, path_type=Path), help="Keep everything here; else in memory."
)
@click.option("--api-key", default="acme-sandbox-key", show_default=True)
@click.option("--api-secret", default="acme-sandbox-secret", show_default=True)
@click.option(
    "--products", type=click.IntRange(1, 200_000), help="Size of a new catalogue; else every known brand."
)
@click.option(
    "--async-delay-s",
    type=click.FloatRange(0),
    default=3.0,
    show_default=True,
    help="Time to fulfil an order.",
)
@click.option(
    "--reads",
    type=click.Choice(["once", "always", "never"]),
    default="once",
    show_default=True,
    help="When GET shows codes in clear.",
)
@click.option("--rate-limits/--no-rate-limits", default=True, show_default=True)
@click.option("--webhook-url", help="Where to send signed events.")
@click.option("--webhook-secret", default="whk_sandbox_secret", show_default=True)
@click.option(
    "--webhook-event", "webhook_events", multiple=True, default=("*",), help="Only such events, e.g. order.*"
)
def octopus(
    host: str,
    port: int,
    state: Path | None,
    api_key: str,
    api_secret: str,
    products: int | None,
    async_delay_s: float,
    reads: str,
    rate_limits: bool,  # noqa: FBT001  # click passes options by name
    webhook_url: str | None,
    webhook_secret: str,
    webhook_events: tuple[str, ...],
) -> None:
    """Stand in for the Octopus Cards API.

    The first line printed is JSON with the address and the environment variables a client needs.
    """
    try:
        listener, address = listen(host, port)
    except OSError as taken:
        raise click.ClickException(
            f"Cannot listen on {host}:{port}: {os.strerror(taken.errno or 0)}."
        ) from taken
    choices = Choices()
    choices.change({"async_delay_s": async_delay_s, "reads": reads, "rate_limits": rate_limits})
    vendor = Vendor(
        db=Database(state),
        clock=Clock(),
        choices=choices,
        first_choices=choices.shown(),
        product_count=products,
        credentials=(api_key, api_secret),
        webhook=Webhook(webhook_url, webhook_secret, webhook_events) if webhook_url else None,
        address=address,
    )
    vendor.open()
    env = {"OCTOPUS_BASE_URL": address, "OCTOPUS_API_KEY": api_key, "OCTOPUS_API_SECRET": api_secret}
    announcement: dict[str, object] = {"address": address, "env": env, "admin": f"{address}/admin"}
    if webhook_url:
        announcement["webhook_secret"] = env["OCTOPUS_WEBHOOK_SECRET"] = webhook_secret
    with closing(vendor.db.connection):
        serve(build(vendor), listener, announcement)
