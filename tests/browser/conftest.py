"""One headless Chromium for all browser tests.

They run in a pytest of their own: Playwright keeps an event loop running in its thread, in which no
asynchronous test could start one.
"""

import os
import shutil
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from tests.browser.audit import note_foreign_requests
from tests.browser.steps import Window
from tests.support.running_system import RunningSystem

ColourScheme = Literal["light", "dark"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert chromium, "browser tests need a Chromium: `make test` sees to it"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """Vendor, Slack and bot, as processes."""
    system = RunningSystem(tmp_path_factory.mktemp("browser"), "socket")
    yield system
    system.end()


@pytest.fixture
def window(system: RunningSystem, browser: Browser) -> Iterator[Window]:
    """Opens a person's window at a place; at the end none may have complained, or asked anybody else."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(
        user: str, place: str, *, beside: Page | None = None, width: int = 1280, theme: ColourScheme = "light"
    ) -> Page:
        if beside is None:
            size: ViewportSize = {"width": width, "height": 900}
            contexts.append(browser.new_context(viewport=size, color_scheme=theme, reduced_motion="reduce"))
        page = (beside.context if beside else contexts[-1]).new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        note_foreign_requests(page, system.address, complaints)
        page.goto(f"{system.address}/?user={user}#{place}")
        page.get_by_role("heading", level=1).wait_for()
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []
