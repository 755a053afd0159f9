"""`giftcard sandbox octopus`: the Octopus Cards stand-in on this machine."""

from pathlib import Path

import click

from bot.sandbox.octopus.app import build
from bot.sandbox.octopus.choices import Choices
from bot.sandbox.octopus.faults import FAULT_CATALOGUE
from bot.sandbox.octopus.vendor import FIRST_IDS, SCHEMA, Vendor, Webhook
from bot.sandbox.vendors.command_line import run_stand_in, stand_in_options
from bot.sandbox.vendors.database import Database
from bot.sandbox.vendors.faults import FaultPlan


@click.command()
@stand_in_options(port=4010)
@click.option("--api-key", default="acme-sandbox-key", show_default=True)
@click.option("--api-secret", default="acme-sandbox-secret", show_default=True)
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
    products: int | None,
    api_key: str,
    api_secret: str,
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
    choices = Choices()
    choices.change({"async_delay_s": async_delay_s, "reads": reads, "rate_limits": rate_limits})
    vendor = Vendor(
        db=Database(state, SCHEMA, FIRST_IDS),
        choices=choices,
        faults=FaultPlan(FAULT_CATALOGUE),
        product_count=products,
        credentials=(api_key, api_secret),
        webhook=Webhook(webhook_url, webhook_secret, webhook_events) if webhook_url else None,
    )

    def announced(address: str) -> dict[str, object]:
        env = {"OCTOPUS_BASE_URL": address, "OCTOPUS_API_KEY": api_key, "OCTOPUS_API_SECRET": api_secret}
        if not webhook_url:
            return {"env": env}
        return {"env": env | {"OCTOPUS_WEBHOOK_SECRET": webhook_secret}, "webhook_secret": webhook_secret}

    run_stand_in(vendor, build, (host, port), announced)
