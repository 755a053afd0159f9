"""The corner shop, in the registry of this test alone, and settings that have it as their only vendor."""

from pathlib import Path

import pytest

from bot.config import Settings
from bot.vendors import registry
from store import Keyring
from tests.integration.third_vendor.plugin import CornerShopPlugin


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "VENDORS", (*registry.VENDORS, CornerShopPlugin))


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    policy = tmp_path / "policy.toml"
    policy.write_text('requesters.users = ["U0AGENT"]\napprovers.users = ["U0LEAD"]\n')
    return {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
        "CORNER_SHOP_BASE_URL": "http://127.0.0.1:9",
        "CORNER_SHOP_API_KEY": "loyal",
        "CORNER_SHOP_WEBHOOK_SECRET": "open sesame",
        "GIFTCARD_DB": str(tmp_path / "giftcard.sqlite3"),
        "GIFTCARD_POLICY": str(policy),
        "GIFTCARD_KEYS": Keyring.generate(),
        "GIFTCARD_APPROVALS_CHANNEL": "C1",
    }


@pytest.fixture
def settings(variables: dict[str, str]) -> Settings:
    return Settings.from_environment(variables, http=None)
