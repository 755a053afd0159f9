"""What every page must be: accessible, no wider than its window, and silent towards the outside."""

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


def note_foreign_requests(page: Page, address: str, complaints: list[str]) -> None:
    """Adds a complaint for every request or socket of this page to anybody but its own server."""
    own = (f"{address}/", f"{address.replace('http', 'ws', 1)}/", "data:")

    def look(url: str) -> None:
        if not url.startswith(own):
            complaints.append(f"asked elsewhere: {url}")

    page.on("request", lambda request: look(request.url))
    page.on("websocket", lambda socket: look(socket.url))
