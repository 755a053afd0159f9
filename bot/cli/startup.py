"""Shared by all commands: reading the settings, and reporting expected errors without a traceback."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.config import Settings

FOUND_PROBLEMS, CANNOT_START = 1, 2
allow_mixed_option = click.option(
    "--allow-mixed", is_flag=True, help="Let a live service and a stand-in work together."
)


def variables(*, allow_mixed: bool = False) -> dict[str, str]:
    from bot.config import read_environment

    return read_environment() | ({"GIFTCARD_ALLOW_MIXED": "1"} if allow_mixed else {})


def settings_for(
    *, allow_mixed: bool, http: bool | None = None, given: Mapping[str, str] = MappingProxyType({})
) -> "Settings":
    """`http` is None for commands that receive nothing from Slack; `given` overrides variables."""
    from bot.config import Settings

    return Settings.from_environment(variables(allow_mixed=allow_mixed) | dict(given), http=http)


def database_path() -> Path:
    """The path of the database, without requiring settings that only the bot needs."""
    from bot.config import DEFAULT_DATABASE, read_environment

    path = Path(read_environment().get("GIFTCARD_DB") or DEFAULT_DATABASE)
    if not path.exists():
        raise click.BadParameter(f"there is no database at {path}; give its path or set GIFTCARD_DB")
    return path


@contextmanager
def report_errors() -> Iterator[None]:
    """Prints expected errors as plain lines and exits; any other exception keeps its traceback."""
    from bot.config import ConfigError
    from bot.vendors.contract import VendorError
    from store.errors import StoreError

    try:
        yield
    except BrokenPipeError:
        # The reader (such as `head`) has closed the pipe; without this Python reports an error at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FOUND_PROBLEMS)
    except (ConfigError, StoreError, VendorError) as error:
        click.echo(str(error), err=True)
        sys.exit(CANNOT_START)
