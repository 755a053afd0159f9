"""The bot's own loop over orders, with short rests; and the file its database is in."""

from pathlib import Path

import pytest

from bot.workers import polling


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "giftcard.sqlite3"


@pytest.fixture(autouse=True)
def short_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failure a worker rests; the tests need not."""
    monkeypatch.setattr(polling, "REST_AFTER_A_FAILURE_S", 0.1)
