"""The same card at two vendors, side by side, and the whole job with the one that takes no reference."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import faults_of
from tests.browser.steps import Window, approve, latest_card, show_codes
from tests.support.running_system import AGENT, APPROVALS, LEAD, RunningSystem

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    system = RunningSystem(tmp_path_factory.mktemp("two vendors"), "socket", two_vendors=True)
    yield system
    system.end()


def say(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name="Message #general")
    box.fill(text)
    box.press("Escape")  # shuts the completion
    box.press("Enter")


def test_a_search_and_a_quote_show_what_the_same_card_costs_at_both(window: Window) -> None:
    agent = window(AGENT, "C0GENERAL1")
    say(agent, "/giftcard search steam 20 country:USA")
    found = agent.get_by_role("article").filter(has_text="costs about")
    expect(found).to_contain_text("at Octopus Cards")
    expect(found).to_contain_text("at CardPlusPay")

    say(agent, "/giftcard quote steam 20 country:USA")
    quoted = agent.get_by_role("article").filter(has_text="side by side")
    for vendor in ("Octopus Cards", "CardPlusPay"):
        expect(quoted.get_by_role("button", name=f"Order from {vendor}")).to_be_visible()
    assert faults_of(agent) == []


def test_an_order_from_the_quote_is_bought_there_and_its_codes_come_with_their_pins(
    system: RunningSystem, window: Window
) -> None:
    agent, lead = window(AGENT, "C0GENERAL1"), window(LEAD, APPROVALS)
    say(agent, "/giftcard quote steam 20 country:USA x2")
    agent.get_by_role("button", name="Order from CardPlusPay").last.click()
    form = agent.get_by_role("dialog", name="Gift card")
    expect(form).to_contain_text("Total payable")
    expect(form).to_contain_text("For our records only")
    form.get_by_label("Reason").fill("Parcel lost twice")
    form.get_by_role("button", name="Request").click()
    expect(form).to_have_count(0)

    card = latest_card(lead)
    expect(card).to_contain_text("USD wallet at CardPlusPay")
    approve(lead)
    expect(card).to_contain_text("delivered", timeout=20_000)

    shown = show_codes(agent, card)
    (theirs,) = system.careful_office.get("/orders").json()
    assert any(code["pin"] for code in theirs["codes"])
    for code in theirs["codes"]:
        expect(shown).to_contain_text(code["code"])
        if code["pin"]:
            expect(shown).to_contain_text(code["pin"])
        assert system.persistent_messages(code["code"]) == []
