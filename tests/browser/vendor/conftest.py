"""A page of one browser, and the stand-ins of both vendors."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.integration.cardpluspay_sandbox.conftest import cardpluspay, cardpluspay_process
from tests.integration.octopus_sandbox.conftest import process, vendor

__all__ = ["cardpluspay", "cardpluspay_process", "process", "vendor"]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.close()
    assert complaints == []
