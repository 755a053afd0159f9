"""The `giftcard` command. Slow imports are inside the commands that need them, so that help is fast."""

import asyncio
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.operator_commands import operator_commands
from bot.cli.sandbox import sandbox
from bot.cli.startup import (
    FOUND_PROBLEMS,
    allow_mixed_option,
    database_path,
    report_errors,
    settings_for,
    variables,
)

if TYPE_CHECKING:
    from bot.services.runtime_status import SyncProgress


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Ask for, approve, buy and hand over gift cards in Slack."""


@main.command()
@click.option(
    "--http", "port", type=click.IntRange(0, 65535), help="Let Slack call this port (no Socket Mode)."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the HTTP port listens.")
@click.option(
    "--webhook-port", type=click.IntRange(0, 65535), help="Let the vendor call this port beside Socket Mode."
)
@allow_mixed_option
def run(*, port: int | None, host: str, webhook_port: int | None, allow_mixed: bool) -> None:
    """Run the bot until it is stopped."""
    with report_errors():
        given = {} if webhook_port is None else {"GIFTCARD_WEBHOOK_PORT": str(webhook_port)}
        settings = settings_for(http=port is not None, allow_mixed=allow_mixed, given=given)
        from bot import app
        from bot.cli import logs

        logs.configure(settings.log_level)
        asyncio.run(app.run(settings, http_port=port, host=host))


@main.command()
@click.option("--http", is_flag=True, help="Check for HTTP mode instead of Socket Mode.")
@allow_mixed_option
def check(*, http: bool, allow_mixed: bool) -> None:
    """Check the set-up: one line per item, with what is wrong and how to fix it."""
    from bot.cli import logs
    from bot.ops import check as checks

    logs.configure("error")
    findings = asyncio.run(
        checks.check_everything(variables(allow_mixed=allow_mixed), http=http, say=click.echo)
    )
    if checks.any_failed(findings):
        sys.exit(FOUND_PROBLEMS)


@main.command()
def keygen() -> None:
    """Print a new key for GIFTCARD_KEYS."""
    from store.keyring import Keyring

    click.echo(Keyring.generate())


@main.command("rotate-keys")
def rotate_keys() -> None:
    """Encrypt every stored code with the newest key of GIFTCARD_KEYS, while the bot is stopped."""
    with report_errors():
        settings = settings_for(allow_mixed=True)
        from bot.services.record_start import rotate_keys as seal_anew
        from store import Keyring, Store

        store = Store.open(settings.database, Keyring([key.get_secret_value() for key in settings.keys]))
        with closing(store):
            count = asyncio.run(seal_anew(store))
        click.echo(f"{count} codes encrypted with the newest key. Remove the older ones from GIFTCARD_KEYS.")


@main.command()
@allow_mixed_option
def sync(*, allow_mixed: bool) -> None:
    """Copy the vendors' catalogues now, while the bot is stopped."""
    with report_errors():
        settings = settings_for(allow_mixed=allow_mixed)
        from bot import app
        from bot.cli import logs

        logs.configure(settings.log_level)
        with click.progressbar(length=0, label="Products", show_pos=True) as bar:

            def watch(progress: "SyncProgress") -> None:
                bar.length = progress.total or progress.seen
                bar.update(progress.seen - bar.pos)

            results = asyncio.run(app.sync_once(settings, watch))
        for synced in results:
            if synced.failure:
                click.echo(f"{synced.vendor}: broke off, {synced.failure}", err=True)
            else:
                new = f"{synced.written} of them new or changed"
                click.echo(f"{synced.vendor}: {synced.seen} products, {new}")
        if any(synced.failure for synced in results):
            sys.exit(FOUND_PROBLEMS)


@main.group()
def audit() -> None:
    """Verify or export the audit log. Needs no keys, and the bot may be running."""


_database = click.argument("path", required=False, type=click.Path(path_type=Path))


@audit.command()
@_database
def verify(path: Path | None) -> None:
    """Recompute the chain of the database at PATH, or of GIFTCARD_DB."""
    with report_errors():
        import store

        result = store.verify(path or database_path())
        seq, head = result.head
        if result.ok:
            click.echo(f"ok: {result.rows} rows, the last is {seq} with hash {head}")
            return
        click.echo(f"FAIL: {result.why} Rows up to {seq} are as they were written.", err=True)
        sys.exit(FOUND_PROBLEMS)


@audit.command()
@_database
@click.option("--format", "kind", type=click.Choice(["json", "csv"]), default="json", show_default=True)
def export(path: Path | None, kind: str) -> None:
    """Write the log at PATH, or of GIFTCARD_DB, to standard output: JSON lines or CSV."""
    with report_errors():
        from bot.cli import audit_export

        audit_export.write(path or database_path(), kind, sys.stdout)


@main.command()
@click.option("--state", type=click.Path(path_type=Path), default="demo-state", show_default=True)
@click.option(
    "--port", type=click.IntRange(0, 65533), default=8300, show_default=True, help="Of the Slack page."
)
@click.option("--open/--no-open", "open_page", default=True, help="Open the page in a browser.")
def demo(*, state: Path, port: int, open_page: bool) -> None:
    """Start two vendors, a Slack and the bot on this machine, with play money."""
    from bot.ops import demo as show

    sys.exit(show.run(state.resolve(), port, open_page=open_page))


main.add_command(sandbox)
for command in operator_commands:
    main.add_command(command)


if __name__ == "__main__":
    main()
