"""The `giftcard` command. Everything heavy is imported by the command that needs it."""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from bot.sandbox.command import sandbox

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.usecases.desk import Progress

_FOUND_PROBLEMS, _CANNOT_START = 1, 2
_allow_mixed = click.option(
    "--allow-mixed", is_flag=True, help="Let a live service and a stand-in work together."
)


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
@_allow_mixed
def run(*, port: int | None, host: str, webhook_port: int | None, allow_mixed: bool) -> None:
    """Run the bot until it is stopped."""
    with _told_plainly():
        given = {} if webhook_port is None else {"GIFTCARD_WEBHOOK_PORT": str(webhook_port)}
        settings = _settings(http=port is not None, allow_mixed=allow_mixed, given=given)
        from bot import app, logs

        logs.configure(settings.log_level)
        asyncio.run(app.run(settings, http_port=port, host=host))


@main.command()
@click.option("--http", is_flag=True, help="Check for HTTP mode instead of Socket Mode.")
@_allow_mixed
def check(*, http: bool, allow_mixed: bool) -> None:
    """Say in one line per item what is wrong and how to mend it."""
    from bot import check as checks
    from bot import logs

    logs.configure("error")
    findings = asyncio.run(
        checks.check_everything(_variables(allow_mixed=allow_mixed), http=http, say=click.echo)
    )
    if checks.any_failed(findings):
        sys.exit(_FOUND_PROBLEMS)


@main.command()
def keygen() -> None:
    """Print a new key for GIFTCARD_KEYS."""
    from store.keyring import Keyring

    click.echo(Keyring.generate())


@main.command("rotate-keys")
def rotate_keys() -> None:
    """Seal every kept code with the newest key of GIFTCARD_KEYS, while the bot is stopped."""
    with _told_plainly():
        settings = _settings(allow_mixed=True)
        from store import Keyring, Store

        store = Store.open(settings.database, Keyring([key.get_secret_value() for key in settings.keys]))
        with closing(store):
            count = store.rotate_keys()
        click.echo(f"{count} codes sealed with the newest key. The older keys can go from GIFTCARD_KEYS now.")


@main.command()
@_allow_mixed
def sync(*, allow_mixed: bool) -> None:
    """Copy the vendor's catalogue now, while the bot is stopped."""
    with _told_plainly():
        settings = _settings(allow_mixed=allow_mixed)
        from bot import app, logs

        logs.configure(settings.log_level)
        with click.progressbar(length=0, label="Products", show_pos=True) as bar:

            def watch(progress: "Progress") -> None:
                bar.length = progress.total or progress.seen
                bar.update(progress.seen - bar.pos)

            results = asyncio.run(app.sync_once(settings, watch))
        for synced in results:
            click.echo(f"{synced.provider}: {synced.seen} products, {synced.written} of them new or changed")


@main.group()
def audit() -> None:
    """Verify or export the audit log. Needs no keys, and the bot may be running."""


_database = click.argument("path", required=False, type=click.Path(path_type=Path))


@audit.command()
@_database
def verify(path: Path | None) -> None:
    """Recompute the chain of the database at PATH, or of GIFTCARD_DB."""
    with _told_plainly():
        from store import chain

        result = chain.verify(path or _database_path())
        seq, head = result.head
        if result.ok:
            click.echo(f"ok: {result.rows} rows, the last is {seq} with hash {head}")
            return
        click.echo(f"FAIL: {result.why} Rows up to {seq} are as they were written.", err=True)
        sys.exit(_FOUND_PROBLEMS)


@audit.command()
@_database
@click.option("--format", "kind", type=click.Choice(["json", "csv"]), default="json", show_default=True)
def export(path: Path | None, kind: str) -> None:
    """Write the log at PATH, or of GIFTCARD_DB, to standard output: JSON lines or CSV."""
    with _told_plainly():
        from bot import audit_export

        audit_export.write(path or _database_path(), kind, sys.stdout)


@main.command()
@click.option("--state", type=click.Path(path_type=Path), default="demo-state", show_default=True)
@click.option(
    "--port", type=click.IntRange(0, 65533), default=8300, show_default=True, help="Of the Slack page."
)
@click.option("--open/--no-open", "open_page", default=True, help="Open the page in a browser.")
def demo(*, state: Path, port: int, open_page: bool) -> None:
    """Start a vendor, a Slack and the bot on this machine, with play money."""
    from bot import demo as show

    sys.exit(show.run(state.resolve(), port, open_page=open_page))


main.add_command(sandbox)


def _variables(*, allow_mixed: bool = False) -> dict[str, str]:
    from bot.config import read_environment

    return read_environment() | ({"GIFTCARD_ALLOW_MIXED": "1"} if allow_mixed else {})


def _settings(
    *, allow_mixed: bool, http: bool | None = None, given: Mapping[str, str] = MappingProxyType({})
) -> "Settings":
    """`http` is None for commands that talk to Slack over neither transport; `given` wins over variables."""
    from bot.config import Settings

    return Settings.from_environment(_variables(allow_mixed=allow_mixed) | dict(given), http=http)


def _database_path() -> Path:
    """Where the database is, without asking for the settings that only the bot itself needs."""
    from bot.config import DEFAULT_DATABASE, read_environment

    path = Path(read_environment().get("GIFTCARD_DB") or DEFAULT_DATABASE)
    if not path.exists():
        raise click.BadParameter(f"there is no database at {path}; give its path or set GIFTCARD_DB")
    return path


@contextmanager
def _told_plainly() -> Iterator[None]:
    """What can be expected to go wrong is told in plain lines; anything else keeps its traceback."""
    from bot.config import ConfigError
    from bot.providers.contract import ProviderError
    from store.errors import StoreError

    try:
        yield
    except BrokenPipeError:
        # The reader of our output has seen enough; Python must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_FOUND_PROBLEMS)
    except (ConfigError, StoreError, ProviderError) as failure:
        click.echo(str(failure), err=True)
        sys.exit(_CANNOT_START)


if __name__ == "__main__":
    main()
