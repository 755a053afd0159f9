"""`giftcard orders`, `order`, `recover` and `reconcile`, which work with and without a running bot."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import click

from bot.cli.startup import FOUND_PROBLEMS, allow_mixed_option, database_path, report_errors, settings_for

if TYPE_CHECKING:
    from bot.ops.control.client import RunningBot
    from bot.ops.report import Report
    from bot.services.context import AppContext


@click.command()
@click.option(
    "--state", "states", multiple=True, help="Only orders in this state; may be given several times."
)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most.")
def orders(*, states: tuple[str, ...], limit: int) -> None:
    """List the latest orders, newest first. Needs no keys, and the bot may be running."""
    from bot.domain.lifecycle import OrderState
    from bot.ops.render import order_lines

    known = {state.value for state in OrderState}
    if unknown := [state for state in states if state not in known]:
        raise click.BadParameter(f"{unknown[0]} is none of {', '.join(sorted(known))}", param_hint="--state")
    with report_errors():
        lines = order_lines(database_path(), frozenset(map(OrderState, states)), limit)
        click.echo("\n".join(lines) or "There are none.")


@click.command()
@click.argument("reference")
def order(*, reference: str) -> None:
    """Show everything about the order REFERENCE, with its audit rows and without codes."""
    from bot.ops.render import order_page

    with report_errors():
        lines = order_page(database_path(), reference)
        if lines is None:
            click.echo(f"There is no order {reference}. `giftcard orders` lists them.", err=True)
            sys.exit(FOUND_PROBLEMS)
        click.echo("\n".join(lines))


@click.command()
@click.argument("reference")
@allow_mixed_option
def recover(*, reference: str, allow_mixed: bool) -> None:
    """Look up the outcome of the order REFERENCE now, and print it."""
    from bot.ops import actions

    _run_action(
        lambda bot: bot.recover(reference),
        lambda ctx: actions.recover_order(ctx, reference, workers_run=False),
        allow_mixed=allow_mixed,
    )


@click.command("reconcile")
@allow_mixed_option
def reconcile_books(*, allow_mixed: bool) -> None:
    """Reconcile our orders with the vendors' orders and wallets: exit status 0 when they agree."""
    from bot.ops import actions

    _run_action(lambda bot: bot.reconcile(), actions.reconcile_books, allow_mixed=allow_mixed)


operator_commands = (orders, order, recover, reconcile_books)


def _run_action(
    ask: Callable[["RunningBot"], "Report"],
    otherwise: Callable[["AppContext"], Awaitable["Report"]],
    *,
    allow_mixed: bool,
) -> None:
    """Have the running bot do it, which owns the database; do it in this process when no bot runs."""
    with report_errors():
        settings = settings_for(allow_mixed=allow_mixed)
        from bot.cli import logs
        from bot.ops.control.client import BotNotRunning, RunningBot

        logs.configure("error")
        try:
            report = ask(RunningBot(settings.database))
        except BotNotRunning:
            from bot import app

            report = asyncio.run(app.with_context(settings, otherwise))
        click.echo("\n".join(report.lines))
        sys.exit(report.status)
