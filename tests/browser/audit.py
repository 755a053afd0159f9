"""The accessibility audit that runs inside a page."""

from pathlib import Path

from playwright.sync_api import Page

_AUDIT = Path(__file__).with_name("audit.js").read_text()


def faults_of(page: Page) -> list[str]:
    """What somebody with a screen reader, a keyboard or tired eyes would stumble over."""
    found: list[str] = page.evaluate(_AUDIT)
    return found


def is_as_wide_as_the_window(page: Page) -> bool:
    """Nothing sticks out to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
