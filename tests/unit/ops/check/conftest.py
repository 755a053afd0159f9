"""A stand-in of each kind, and the environment of a bot that uses both."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from store import Keyring
from tests.support.processes import Process

PROJECT = Path(__file__).parents[4]


class SlackStandIn:
    def __init__(self, address: str, env: dict[str, str]) -> None:
        self.address = address
        self.env = env

    def change(self, what: str, **fields: object) -> None:
        answer = httpx.post(f"{self.address}/control/{what}", json=fields, trust_env=False)
        assert answer.json()["ok"], answer.text


@pytest.fixture(scope="session")
def slack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlackStandIn]:
    log = tmp_path_factory.mktemp("slack") / "log"
    process = Process("sandbox", "slack", "--port", "0", log=log)
    announced = process.announced()
    stand_in = SlackStandIn(announced["address"], announced["env"])
    stand_in.change("limits", on=False)  # every test asks for everything
    yield stand_in
    process.end()


@pytest.fixture(scope="session")
def octopus_env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    log = tmp_path_factory.mktemp("octopus") / "log"
    process = Process("sandbox", "octopus", "--port", "0", "--no-rate-limits", log=log)
    yield process.announced()["env"]
    process.end()


@pytest.fixture(scope="session")
def cardpluspay_env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    log = tmp_path_factory.mktemp("cardpluspay") / "log"
    process = Process("sandbox", "cardpluspay", "--port", "0", log=log)
    yield process.announced()["env"]
    process.end()


@pytest.fixture
def variables(slack: SlackStandIn, octopus_env: dict[str, str], tmp_path: Path) -> dict[str, str]:
    policy = tmp_path / "policy.toml"
    policy.write_text((PROJECT / "policy.toml").read_text())
    return {
        **slack.env,
        **octopus_env,
        "GIFTCARD_DB": str(tmp_path / "giftcard.sqlite3"),
        "GIFTCARD_POLICY": str(policy),
        "GIFTCARD_KEYS": Keyring.generate(),
        "GIFTCARD_APPROVALS_CHANNEL": "C0APPROVE1",
    }
