"""New databases are copies of one that has its tables: making them takes longer than most tests."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from store import Keyring, Store
from store.engines.sqlite import SqliteEngine

KEY = Keyring.generate()
_folder = TemporaryDirectory(prefix="giftcard-tests-")  # gone with the process


def open_store(path: Path, *keys: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Store:
    """As `Store.open`, and sooner where nothing is yet."""
    lay_out_tables(path)
    return Store.open(path, Keyring(keys or [KEY]), clock=clock)


def lay_out_tables(path: Path) -> None:
    """Where nothing is yet."""
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        shutil.copyfile(_with_tables(), path)


@cache
def _with_tables() -> Path:
    path = Path(_folder.name) / "with-tables.sqlite3"
    SqliteEngine.own(path).close()
    return path
