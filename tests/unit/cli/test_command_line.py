"""The `giftcard` command: what can be expected to go wrong is told in plain lines."""

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from store import Keyring, Store
from tests.support.at_once import saved

PROJECT = Path(__file__).parents[3]
SANDBOX = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
    "OCTOPUS_BASE_URL": "http://127.0.0.1:9",
    "OCTOPUS_API_KEY": "key",
    "OCTOPUS_API_SECRET": "secret",
    "GIFTCARD_APPROVALS_CHANNEL": "C111",
}


def giftcard(
    *arguments: str, folder: Path, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs it where no `.env` of ours can be found."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(PROJECT), **(env or {})},
        capture_output=True,
        text=True,
        timeout=30,
    )


@pytest.fixture
def ready(tmp_path: Path) -> dict[str, str]:
    """Settings that are all right, though nobody answers at their addresses."""
    policy = tmp_path / "policy.toml"
    policy.write_text((PROJECT / "policy.toml").read_text())
    return SANDBOX | {"GIFTCARD_KEYS": Keyring.generate(), "GIFTCARD_POLICY": str(policy)}


def test_help_names_every_command(tmp_path: Path) -> None:
    said = giftcard("--help", folder=tmp_path).stdout

    for command in ("audit", "check", "demo", "keygen", "rotate-keys", "run", "sandbox", "sync"):
        assert f"  {command} " in said


def test_help_does_not_wait_for_heavy_imports() -> None:
    imported = subprocess.run(
        [sys.executable, "-c", "import sys, bot.cli.main; print(*sys.modules)"],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip

    assert not {"slack_bolt", "aiohttp", "pydantic", "sqlite_utils", "httpx", "uvicorn"}.intersection(
        imported
    )


@pytest.mark.parametrize("command", [["run"], ["run", "--http", "8080"], ["sync"], ["rotate-keys"]])
def test_a_command_without_settings_says_which_and_exits_with_2(command: list[str], tmp_path: Path) -> None:
    done = giftcard(*command, folder=tmp_path)

    assert done.returncode == 2
    assert "SLACK_BOT_TOKEN: is not set — " in done.stderr
    assert "GIFTCARD_KEYS: is not set — " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mix_of_live_and_stand_in_does_not_start(ready: dict[str, str], tmp_path: Path) -> None:
    done = giftcard("run", folder=tmp_path, env=ready | {"OCTOPUS_BASE_URL": "https://api.octopuscards.io"})

    assert done.returncode == 2
    assert "Slack is sandbox (127.0.0.1) but the vendor is live (api.octopuscards.io)" in done.stderr
    assert "--allow-mixed" in done.stderr
    assert not (tmp_path / "giftcard.sqlite3").exists()


def test_a_bad_policy_does_not_start(ready: dict[str, str], tmp_path: Path) -> None:
    Path(ready["GIFTCARD_POLICY"]).write_text("[requesters]\n")

    done = giftcard("run", folder=tmp_path, env=ready)

    assert done.returncode == 2
    assert "[requesters]: names nobody" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_key_does_not_start(ready: dict[str, str], tmp_path: Path) -> None:
    done = giftcard("run", folder=tmp_path, env=ready | {"GIFTCARD_KEYS": "not-a-key"})

    assert done.returncode == 2
    assert "not a key" in done.stderr
    assert "not-a-key" not in done.stderr


def test_a_database_another_bot_uses_does_not_start(ready: dict[str, str], tmp_path: Path) -> None:
    store = Store.open(tmp_path / "giftcard.sqlite3", Keyring([ready["GIFTCARD_KEYS"]]))
    try:
        done = giftcard("run", folder=tmp_path, env=ready)
    finally:
        store.close()

    assert done.returncode == 2
    assert "is in use by process" in done.stderr


def test_after_a_rotation_the_older_key_is_not_needed(ready: dict[str, str], tmp_path: Path) -> None:
    older, newer = ready["GIFTCARD_KEYS"], Keyring.generate()
    database = tmp_path / "giftcard.sqlite3"
    Store.open(database, Keyring([older])).close()

    done = giftcard("rotate-keys", folder=tmp_path, env=ready | {"GIFTCARD_KEYS": f"{newer},{older}"})

    assert done.returncode == 0, done.stderr
    store = Store.open(database, Keyring([newer]))
    assert [row.action for row in saved(store).audit.rows()] == ["keys_rotated"]
    store.close()


def test_check_exits_with_1_when_something_fails(tmp_path: Path) -> None:
    done = giftcard("check", folder=tmp_path)

    assert done.returncode == 1
    assert "FAIL  SLACK_BOT_TOKEN: is not set" in done.stdout


def test_settings_are_read_from_the_env_file_of_the_folder(ready: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("".join(f"{name}={text}\n" for name, text in ready.items()))

    assert "ok    settings: complete" in giftcard("check", folder=tmp_path).stdout


def test_keygen_prints_a_key_and_a_new_one_each_time(tmp_path: Path) -> None:
    first, second = (giftcard("keygen", folder=tmp_path).stdout.strip() for _ in range(2))

    Fernet(first)
    assert first != second
