"""The page outlives its server: it says so, comes back by itself and misses nothing."""

from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.page.conftest import standing_in

pytestmark = pytest.mark.browser


def test_after_a_restart_the_page_reconnects_and_shows_what_it_missed(
    browser: Browser, tmp_path: Path
) -> None:
    state = ["--state", str(tmp_path / "slack.json")]
    with closing(browser.new_page()) as page:
        with standing_in(*state) as printed:
            address = printed["address"]
            page.goto(f"{address}/?user=U0AGENT01#C0GENERAL1")
            page.get_by_role("textbox", name="Message #general").fill("an unsent thought")
        expect(page.get_by_text("Reconnecting…")).to_be_visible()

        with standing_in(*state, "--port", address.rpartition(":")[2]):
            missed = {"user": "U0LEAD001", "channel": "C0GENERAL1", "text": "said meanwhile"}
            httpx.post(f"{address}/client/message", json=missed).raise_for_status()
            expect(page.get_by_text("said meanwhile")).to_be_visible(timeout=15_000)
            expect(page.get_by_text("Reconnecting…")).to_have_count(0)
            expect(page.get_by_role("textbox", name="Message #general")).to_have_value("an unsent thought")
