"""What the tests of the page do again and again."""

from playwright.sync_api import Locator, Page


def type_command(page: Page, text: str, where: str = "Message #general") -> None:
    box = page.get_by_role("textbox", name=where)
    box.fill(text)
    box.press("Escape")  # shuts the completion
    box.press("Enter")


def open_form(page: Page) -> Locator:
    type_command(page, "/shop form")
    dialog = page.get_by_role("dialog", name="Order a card")
    dialog.wait_for()
    return dialog
