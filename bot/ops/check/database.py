"""Checks of the keys and of the database file, without changing either."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bot.config import ConfigError, Settings
from bot.ops.check.results import CheckResult, failed, ok, warn
from store import BadKey, DatabaseInUse, Keyring, OlderDatabase, Store, StoreError, verify
from store.engines.sqlite import sqlite3
from store.engines.sqlite_lock import DatabaseLock

_WAL_FAULT_GONE_IN = (3, 51, 3)


def check_keys(settings: Settings) -> tuple[Keyring | None, CheckResult]:
    try:
        keyring = Keyring([key.get_secret_value() for key in settings.keys])
    except BadKey as error:
        return None, failed("keys", f"GIFTCARD_KEYS: {error}", "`giftcard keygen` prints a good one")
    return keyring, ok("keys", f"{len(settings.keys)} in GIFTCARD_KEYS")


def check_database(settings: Settings, keyring: Keyring | None) -> Iterator[CheckResult]:
    yield _sqlite_version()
    path = settings.database.expanduser().resolve()
    if not path.exists():
        yield _can_be_made(path)
        return
    if path.stat().st_mode & 0o077:
        yield warn("database file", f"other accounts on this machine can read {path}", f"chmod 600 {path}")
    yield _owner(path)
    if keyring:
        yield from _content(path, keyring, settings)


def _sqlite_version() -> CheckResult:
    version = sqlite3.sqlite_version
    if tuple(map(int, version.split("."))) >= _WAL_FAULT_GONE_IN:
        return ok("SQLite", version)
    return warn(
        "SQLite",
        f"{version} can, very rarely, damage a file that two programs write to",
        "let no program but the bot write to the database, or use a newer SQLite (docs/operations.md)",
    )


def _can_be_made(path: Path) -> CheckResult:
    folder = next(parent for parent in path.parents if parent.exists())
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return ok("database", f"{path} is not there yet; the first start makes it")
    return failed(
        "database",
        f"{path} is not there, and {folder} cannot be written to",
        "set GIFTCARD_DB to another path",
    )


def _owner(path: Path) -> CheckResult:
    if not Path(f"{path}.lock").exists():
        return ok("database owner", "no bot has it open")
    try:
        DatabaseLock(path).release()
    except DatabaseInUse:
        return ok("database owner", "a bot is running on it, so it was only read")
    return ok("database owner", "no bot has it open")


def _content(path: Path, keyring: Keyring, settings: Settings) -> Iterator[CheckResult]:
    try:
        with closing(Store.open(path, keyring, read_only=True)) as store, store.reader() as database:
            used_in = database.key_values.get("environment")
        chain = verify(path)
    except BadKey as error:
        yield failed("keys", f"not those of {path}: {error}")
    except OlderDatabase:
        yield warn(
            "database",
            f"{path} is of an earlier version",
            "make a backup: the next start brings it up to date",
        )
    except StoreError as error:
        yield failed("database", str(error))
    else:
        yield ok("database", f"{path} is sound and up to date")
        yield from _environment(used_in, settings)
        if chain.ok:
            yield ok("audit log", f"{chain.rows} rows, unbroken")
        else:
            yield failed("audit log", chain.why or "broken", "see docs/auditing.md; keep the file as it is")


def _environment(used_in: str | None, settings: Settings) -> Iterator[CheckResult]:
    try:
        environment = settings.environment
    except ConfigError:
        return  # reported already, as the environment
    if used_in not in {None, environment}:
        yield failed(
            "database",
            f"belongs to {used_in} systems, and the settings are for {environment} ones",
            "give GIFTCARD_DB another path",
        )
