"""Only one bot on this machine buys with an account whose vendor takes no reference.

Two bots could not tell their purchases apart, and each would take the other's for its own.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bot.config import ConfigError
from bot.vendors.contract import Vendor, takes_references
from bot.vendors.plugin import VendorPlugin
from store import StoreError
from store.readonly import open_read_only


class AccountInUse(ConfigError):
    """Another bot buys with this account, or left a purchase there whose outcome is unknown."""


@contextmanager
def lock_accounts(
    plugins: Iterable[VendorPlugin], vendors: Mapping[str, Vendor], database: Path
) -> Iterator[None]:
    """Lock each account whose vendor takes no reference. Raises AccountInUse."""
    with ExitStack() as locks:
        for plugin in plugins:
            if not takes_references(vendors[plugin.name]):
                account = f"{plugin.base_url}\0{plugin.api_key.get_secret_value()}"
                locks.callback(AccountLock(plugin.name, account, database).release)
        yield


class AccountLock:
    """Held until `release` or until the process ends in any way. The file contains the database's path."""

    def __init__(self, vendor: str, credentials: str, database: Path) -> None:
        """`credentials` identify the account; only a hash of them is written. Raises AccountInUse."""
        mark = hashlib.sha256(credentials.encode()).hexdigest()[:16]
        self._path = _folder() / f"{vendor}-{mark}.lock"
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise AccountInUse(
                f"{self._path} cannot be written ({error.strerror}). It keeps two bots from buying with "
                "one account: set XDG_STATE_HOME to a folder that can be."
            ) from error
        self._file = os.fdopen(descriptor, "r+")
        try:
            self._acquire(vendor, database.expanduser().resolve())
        except BaseException:
            self._file.close()
            raise

    def release(self) -> None:
        # The file stays, so that the next bot knows which database has purchases of this account.
        self._file.close()

    def _acquire(self, vendor: str, database: Path) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = self._file.read().strip()
            raise AccountInUse(
                f"Another bot buys with this {vendor} account, with the database {owner}. "
                "Stop that one first."
            ) from None
        before = Path(self._file.read().strip() or database)
        if before != database and (reference := _under_way(before, vendor)):
            raise AccountInUse(
                f"{reference} in {before} was bought with this {vendor} account, and it is not known yet "
                "what became of it. Start a bot with that database until it is known; when that database "
                f"is gone for good, delete {self._path}."
            )
        self._file.seek(0)
        self._file.truncate()
        self._file.write(f"{database}\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def _folder() -> Path:
    home = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(home).expanduser() / "giftcard-bot"


def _under_way(database: Path, vendor: str) -> str | None:
    """The reference of a purchase there that may have reached the vendor; None also without the file."""
    if not database.exists():
        return None
    try:
        with open_read_only(database) as other:
            order = other.purchases.in_flight(vendor)
    except StoreError as error:
        raise AccountInUse(
            f"{database} was used with this {vendor} account and cannot be read: {error}"
        ) from error
    return order.client_reference if order else None
