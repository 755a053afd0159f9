"""`make screenshots`: the pictures of the README, taken from a demo that runs for as long as that takes."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, ViewportSize, expect, sync_playwright

PROJECT = Path(__file__).parents[1]
IMAGES = PROJECT / "docs" / "images"
WINDOW: ViewportSize = {"width": 1100, "height": 900}


@contextmanager
def running_demo() -> Iterator[str]:
    """The address of a fresh demo's Slack page."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["demo", "--state", f"{folder}/demo-state", "--port", "0", "--no-open"]
        with subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments], cwd=PROJECT, stdout=subprocess.PIPE, text=True
        ) as demo:
            # Asked to end, we still end the demo.
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
            try:
                assert demo.stdout is not None
                line = demo.stdout.readline()
                assert line.startswith("Open "), "the demo did not start"
                yield line.removeprefix("Open").strip().partition("/?")[0]
            finally:
                demo.terminate()


def choose(page: Page, form: Locator, label: str, option: str, *, typed: str | None = None) -> None:
    """Open a select, type into it where it loads as one types, and take the first option that fits."""
    field = form.get_by_role("combobox", name=label)
    field.click()
    if typed:
        field.fill(typed)
    page.get_by_role("option").filter(has_text=option).first.click()


def fill_form(page: Page) -> Locator:
    composer = page.get_by_role("textbox", name="Message #general")
    composer.fill("/giftcard")
    composer.press("Escape")  # shuts the completion
    composer.press("Enter")
    form = page.get_by_role("dialog", name="Gift card")
    choose(page, form, "Product", "Steam · United States", typed="Steam")
    choose(page, form, "Denomination", "USD 50")
    form.get_by_role("textbox", name="Quantity").fill("2")
    expect(form.get_by_text("2 cards of USD 50.00")).to_be_visible()
    form.get_by_role("textbox", name="Ticket link").fill("https://acme.zendesk.com/agent/tickets/48213")
    form.get_by_role("textbox", name="Recipient").fill("maria.keller@northwind.example")
    form.get_by_role("textbox", name="Reason").fill("Parcel two weeks late, and the lamp inside was broken.")
    form.get_by_text("Category").evaluate("label => label.scrollIntoView({block: 'start'})")
    return form


def take(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=["--no-sandbox"]
        )
        agent = browser.new_page(viewport=WINDOW)
        agent.goto(f"{address}/?user=U0AGENT01")
        form = fill_form(agent)
        agent.screenshot(path=IMAGES / "request-form.png")
        form.get_by_role("button", name="Request").click()
        form.wait_for(state="detached")

        lead = browser.new_page(viewport=WINDOW)
        lead.goto(f"{address}/?user=U0LEAD001")
        lead.get_by_role("link", name="giftcard-approvals").click()
        lead.get_by_role("button", name="Approve").wait_for()
        lead.screenshot(path=IMAGES / "approval.png")
        browser.close()


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    with running_demo() as address:
        take(address)
