"""What agents and approvers do in the page, step by step, with the real bot behind it."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

Window = Callable[..., Page]
SHOWN = "Only visible to you"


def order_form(page: Page) -> Locator:
    """`/giftcard` in #general, and the form that opens."""
    box = page.get_by_role("textbox", name="Message #general")
    box.focus()
    page.keyboard.type("/giftcard")
    page.keyboard.press("Escape")  # shuts the completion
    page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="Gift card")
    form.wait_for()
    return form


def choose_steam(page: Page, quantity: str) -> Locator:
    """The order form up to its price, by keyboard."""
    form = order_form(page)
    form.get_by_role("combobox", name="Product").focus()
    page.keyboard.type("steam us")
    # The first one: while the last keystroke is under way, what fits fewer letters is still listed.
    expect(page.get_by_role("option").first).to_contain_text("Steam · United States")
    page.keyboard.press("Enter")
    denomination = form.get_by_role("combobox", name="Denomination in USD")
    expect(denomination).to_be_visible()
    denomination.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    form.get_by_label("Quantity").fill(quantity)
    expect(form).to_contain_text("Total payable")
    form.get_by_label("Reason").fill("Parcel lost twice")
    return form


def ask(page: Page, quantity: str = "2") -> None:
    form = choose_steam(page, quantity)
    if quantity != "1":
        expect(form).to_contain_text(f"({quantity} cards of")
    form.get_by_role("button", name="Request").click()
    expect(form).to_have_count(0)


def latest_card(lead: Page) -> Locator:
    return lead.get_by_role("article").filter(has_text="asks for").last


def approve(lead: Page) -> None:
    lead.get_by_role("button", name="Approve").last.click()
    lead.get_by_role("alertdialog").get_by_role("button", name="Approve").click()


def ready_message(agent: Page, card: Locator) -> Locator:
    """The app's message to the requester that offers the codes of this card's order."""
    reference = re.search(r"GC-\d+-\w+", card.inner_text())
    assert reference, card.inner_text()
    offers = agent.get_by_role("button", name="Show codes")
    return agent.get_by_role("article").filter(has_text=reference[0]).filter(has=offers)


def show_codes(agent: Page, card: Locator) -> Locator:
    """Press the button in the app's messages; the message only the requester sees."""
    agent.goto(agent.url.partition("#")[0] + "#app-messages")
    ready_message(agent, card).get_by_role("button", name="Show codes").click()
    return agent.get_by_role("article").filter(has_text=SHOWN)


def tab_to(page: Page, control: Locator, most: int = 80) -> None:
    """Press Tab until this control has the focus, as somebody without a mouse does."""
    for _ in range(most):
        if control.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab did not reach {control}")
