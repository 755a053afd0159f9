"""What keeps the real command from starting is said in plain words, and nothing is touched."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from store import Keyring, StorageFailed, Store
from tests.support.processes import Process
from tests.support.running_system import APPROVALS, POLICY
from tests.support.waiting import wait_until

KEY = Keyring.generate()
_NOBODY = 65534


@pytest.fixture
def env(database: Path, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "policy.toml").write_text(POLICY)
    return {
        "PATH": os.environ["PATH"],
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
        "OCTOPUS_BASE_URL": "http://127.0.0.1:9",
        "OCTOPUS_API_KEY": "key",
        "OCTOPUS_API_SECRET": "secret",
        "GIFTCARD_DB": str(database),
        "GIFTCARD_POLICY": str(tmp_path / "policy.toml"),
        "GIFTCARD_KEYS": KEY,
        "GIFTCARD_APPROVALS_CHANNEL": APPROVALS,
    }


def run(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", "run"]
    return subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=30, cwd=Path(__file__).parents[3]
    )


@contextmanager
def without_privileges() -> Iterator[None]:
    """Root may write everywhere, so for a while we are nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def damage(database: Path) -> None:
    """Overwrite the second half, as a failing disk would."""
    Store.open(database, Keyring([KEY])).close()
    size = database.stat().st_size
    with database.open("r+b") as file:
        file.seek(size // 2)
        file.write(os.urandom(size // 2))


def replace(database: Path) -> None:
    database.write_bytes(b"not a database at all " * 300)


@pytest.mark.parametrize("ruin", [damage, replace])
def test_a_corrupt_database_file_stops_the_start_and_is_left_as_it_is(env, database, ruin):
    ruin(database)
    before = database.read_bytes()

    stopped = run(env)

    assert stopped.returncode == 2
    assert str(database) in stopped.stderr
    assert "Restore a backup" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert database.read_bytes() == before


def start(env: dict[str, str], log: Path) -> Process:
    """A bot that has its database and looks for Slack."""
    bot = Process("run", log=log, env=env)
    wait_until(
        lambda: "slack_not_reachable" in bot.logged() or bot.popen.poll() is not None, "it looks for Slack"
    )
    assert bot.popen.poll() is None, bot.logged()
    return bot


def test_a_second_bot_on_one_database_is_told_which_process_has_it(env, tmp_path):
    first = start(env, tmp_path / "first.log")
    try:
        second = run(env)
    finally:
        first.kill()

    assert second.returncode == 2
    assert f"in use by process {first.popen.pid}" in second.stderr
    # The kernel took the lock from the killed one.
    start(env, tmp_path / "again.log").end()


@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_read_only_folder_or_file_is_named(what):
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to others
        folder = Path(name)
        database = folder / "giftcard.sqlite3"
        if what == "file":
            Store.open(database, Keyring([KEY])).close()
            for file in folder.iterdir():
                file.chmod(0o444)
        folder.chmod(0o555)
        with without_privileges(), pytest.raises(StorageFailed, match="Permission denied") as failure:
            Store.open(database, Keyring([KEY]))
        assert str(database) in str(failure.value)
        folder.chmod(0o755)
