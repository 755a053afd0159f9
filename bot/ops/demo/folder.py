"""The demo's folder: databases, logs, the policy, and settings with a key of their own."""

import fcntl
import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dotenv import dotenv_values

from bot.vendors import registry

PROJECT = Path(__file__).parents[3]
APPROVALS_CHANNEL = "C0APPROVE1"


class AlreadyRunning(Exception):
    """Another demo uses this folder."""


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._settings = path / ".env"

    @contextmanager
    def owned(self) -> Iterator[None]:
        """Create the folder if needed, and lock it for this demo. Raises AlreadyRunning."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.path / "demo.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunning(
                    f"A demo is already running with {self.path}. Stop it, or give this one --state."
                ) from None
            if not (self.path / "policy.toml").exists():
                shutil.copy(PROJECT / "policy.toml", self.path)
            yield

    def write_settings(self, addresses_and_credentials: Mapping[str, str]) -> None:
        """As a .env file, so that `giftcard check` works in this folder too."""
        settings = {
            **addresses_and_credentials,
            "GIFTCARD_DB": "giftcard.sqlite3",
            "GIFTCARD_POLICY": "policy.toml",
            "GIFTCARD_APPROVALS_CHANNEL": APPROVALS_CHANNEL,
            "GIFTCARD_KEYS": self._key(),
        }
        lines = "".join(f"{name}={value}\n" for name, value in settings.items())
        written = self._settings.with_suffix(".new")
        with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(lines)
        written.replace(self._settings)

    def _key(self) -> str:
        if kept := dotenv_values(self._settings).get("GIFTCARD_KEYS"):
            return kept
        from store.keyring import Keyring

        return Keyring.generate()


def child_environment() -> dict[str, str]:
    """Our environment without real settings of a bot and without proxies."""
    ours = ("SLACK_", "GIFTCARD_", *(plugin.prefix() for plugin in registry.VENDORS))
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(ours) and not name.lower().endswith("_proxy")
    }
    return kept | {"PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"}


def free_port(wanted: int) -> int:
    """`wanted` if it is free, else any other port."""
    for port in (wanted, 0):
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(candidate.getsockname()[1])
    raise OSError("this machine has no free port")
