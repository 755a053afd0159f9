"""A stand-in, a tiny app behind it and a headless Chromium, shared by the tests of the page."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.audit import note_foreign_requests
from tests.browser.page.sample_app import RunningApp

MANIFEST = Path(__file__).parent / "manifest.yml"
Open = Callable[..., Page]


@contextmanager
def standing_in(*options: str) -> Iterator[dict[str, Any]]:
    """A stand-in for Slack while it lasts: what it printed, `address` and `env`."""
    slack = [sys.executable, "-m", "bot", "sandbox", "slack"]
    command = [*slack, "--port", "0", "--manifest", str(MANIFEST), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def stand_in() -> Iterator[dict[str, Any]]:
    with standing_in() as printed:
        yield printed


@pytest.fixture(scope="session")
def address(stand_in: dict[str, Any]) -> Iterator[str]:
    shop = RunningApp(stand_in["env"])
    shop.start()
    yield stand_in["address"]
    shop.stop()


@pytest.fixture
def open_page(address: str, browser: Browser) -> Iterator[Open]:
    """Opens a person's page; at the end none may have complained, or asked anybody but its own server."""
    contexts, complaints = [], []

    def open_page(user: str = "U0AGENT01", place: str = "#C0GENERAL1", **context: Any) -> Page:
        contexts.append(
            browser.new_context(viewport=context.pop("viewport", {"width": 1280, "height": 800}), **context)
        )
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        note_foreign_requests(page, address, complaints)
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.goto(f"{address}/?user={user}{place}")
        page.get_by_role("heading", level=1).wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    httpx.delete(f"{address}/control/faults").raise_for_status()
    assert complaints == []


@pytest.fixture
def page(open_page: Open) -> Page:
    """Ava Agent in #general."""
    return open_page()


@pytest.fixture
def control(address: str) -> Iterator[httpx.Client]:
    """The stand-in's control API; everything armed is disarmed afterwards."""
    with httpx.Client(base_url=f"{address}/control/", timeout=5) as client:
        yield client
        client.delete("faults")
