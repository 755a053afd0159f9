"""The whole job in a real browser, agent and lead in two windows, with every process a real one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.stage import AGENT, APPROVALS, LEAD, OTHER_LEAD, Stage

pytestmark = pytest.mark.browser
Window = Callable[[str, str], Page]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("browser"), "socket")
    yield stage
    stage.end()


@pytest.fixture
def window(stage: Stage, browser: Browser) -> Iterator[Window]:
    """Opens a person's window at a place; at the end no page may have complained in its console."""
    contexts, complaints = [], []

    def open_window(user: str, place: str) -> Page:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{stage.address}/?user={user}#{place}")
        page.get_by_role("heading", level=1).wait_for()
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []


def choose_steam(page: Page, quantity: str) -> None:
    """The order form up to its price, by keyboard alone."""
    box = page.get_by_role("textbox", name="Message #general")
    box.focus()
    page.keyboard.type("/giftcard")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="Gift card")
    product = form.get_by_role("combobox", name="Product")
    product.focus()
    page.keyboard.type("steam us")
    expect(page.get_by_role("option", name="Steam · United States")).to_be_visible()
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


def approve(lead: Page) -> None:
    lead.get_by_role("button", name="Approve").last.click()
    lead.get_by_role("alertdialog").get_by_role("button", name="Approve").click()


@pytest.mark.parametrize("quantity", ["2", "8"])
def test_an_agent_asks_a_lead_approves_and_the_codes_are_shown_to_the_agent(
    stage: Stage, window: Window, quantity: str
) -> None:
    agent, lead = window(AGENT, "C0GENERAL1"), window(LEAD, APPROVALS)
    choose_steam(agent, quantity)
    expect(agent.get_by_role("dialog")).to_contain_text(f"({quantity} cards of")
    agent.keyboard.press("Tab")
    agent.get_by_role("dialog").get_by_role("button", name="Request").press("Enter")
    expect(agent.get_by_role("dialog")).to_have_count(0)

    card = lead.get_by_role("article").filter(has_text="asks for").last
    expect(card).to_contain_text("Parcel lost twice")
    approve(lead)
    expect(card).to_contain_text("delivered", timeout=20_000)
    expect(card.get_by_role("button", name="Approve")).to_have_count(0)

    agent.goto(f"{stage.address}/?user={AGENT}#app-messages")
    agent.get_by_role("button", name="Show codes").last.click()
    shown = agent.get_by_role("article").filter(has_text="Only visible to you")
    expect(shown).to_contain_text(f"{quantity} of {quantity}")
    theirs = next(
        o for o in stage.office.orders() if o["client_reference"] == stage.order()["client_reference"]
    )
    for voucher in theirs["vouchers"]:
        expect(shown).to_contain_text(voucher["card_number"])
        assert stage.persistent_messages(voucher["card_number"]) == []

    agent.reload()
    agent.get_by_role("button", name="Show codes").last.wait_for()
    expect(shown).to_have_count(0)
    agent.get_by_role("button", name="Show codes").last.click()
    expect(shown).to_contain_text(theirs["vouchers"][0]["card_number"])


def test_a_wrong_link_is_said_at_its_field_which_gets_the_focus(window: Window) -> None:
    agent = window(AGENT, "C0GENERAL1")
    choose_steam(agent, "1")
    form = agent.get_by_role("dialog")
    link = form.get_by_label("Ticket link")
    link.fill("https://evil.example/1")
    form.get_by_role("button", name="Request").click()
    expect(form.get_by_text("not one of our ticket systems")).to_be_visible()
    expect(link).to_be_focused()
    expect(form.get_by_label("Reason")).to_have_value("Parcel lost twice")


def test_when_one_lead_has_decided_no_other_window_offers_the_decision_any_more(window: Window) -> None:
    agent = window(AGENT, "C0GENERAL1")
    lead, other = window(LEAD, APPROVALS), window(OTHER_LEAD, APPROVALS)
    choose_steam(agent, "1")
    agent.get_by_role("dialog").get_by_role("button", name="Request").click()
    card = other.get_by_role("article").filter(has_text="asks for").last
    expect(card.get_by_role("button", name="Approve")).to_be_visible()
    approve(lead)
    expect(card).to_contain_text("approved by")
    expect(card.get_by_role("button", name="Approve")).to_have_count(0)


def test_the_pages_are_small_enough_to_look_at(window: Window, tmp_path: Path) -> None:
    """At phone width nothing sticks out to the side."""
    agent = window(AGENT, "C0GENERAL1")
    agent.set_viewport_size({"width": 390, "height": 800})
    choose_steam(agent, "1")
    assert agent.evaluate("document.documentElement.scrollWidth") <= 390
