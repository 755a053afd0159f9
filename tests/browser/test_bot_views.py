"""The bot's own views in the page: accessible in both themes, at phone width, and by keyboard alone."""

from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.browser.audit import faults_of, is_as_wide_as_the_window
from tests.browser.steps import (
    SHOWN,
    Window,
    approve,
    choose_steam,
    latest_card,
    ready_message,
    show_codes,
    tab_to,
)
from tests.support.running_system import AGENT, APPROVALS, LEAD

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("theme", "width"),
    [
        pytest.param("light", 1280, id="light"),
        pytest.param("dark", 1280, id="dark"),
        pytest.param("light", 390, id="on a phone"),
    ],
)
def test_everything_the_bot_shows_is_accessible_and_fits(
    window: Window, theme: Literal["light", "dark"], width: int
) -> None:
    agent = window(AGENT, "C0GENERAL1", theme=theme, width=width)
    lead = window(LEAD, APPROVALS, theme=theme, width=width)

    def is_fine() -> bool:
        found = [*faults_of(agent), *faults_of(lead)]
        assert found == []
        return is_as_wide_as_the_window(agent) and is_as_wide_as_the_window(lead)

    form = choose_steam(agent, "2")
    link = form.get_by_label("Ticket link")
    link.fill("https://evil.example/1")
    form.get_by_role("button", name="Request").click()
    expect(link).to_be_focused()
    assert is_fine(), "the form with its price and an error"
    link.fill("")
    form.get_by_role("button", name="Request").click()
    expect(form).to_have_count(0)

    card = latest_card(lead)
    lead.get_by_role("button", name="Decline").last.click()
    expect(lead.get_by_role("dialog").get_by_role("textbox").first).to_be_focused()
    assert is_fine(), "the reason of a decline"
    lead.keyboard.press("Escape")
    lead.get_by_role("button", name="Approve").last.click()
    expect(lead.get_by_role("alertdialog")).to_be_visible()
    assert is_fine(), "the question before an approval"
    lead.get_by_role("alertdialog").get_by_role("button", name="Approve").click()
    expect(card).to_contain_text("delivered", timeout=20_000)

    expect(show_codes(agent, card)).to_contain_text("2 of 2")
    assert is_fine(), "the codes, and the settled card"

    agent.get_by_role("tab", name="Home").click()
    expect(agent.get_by_role("tabpanel")).to_contain_text("GC-")
    assert is_fine(), "Home"


def test_the_whole_job_is_done_by_keyboard_alone_and_checked_off(window: Window) -> None:
    agent = window(AGENT, "C0GENERAL1")
    lead = window(LEAD, APPROVALS, beside=agent)  # one browser, so that both know how far the first run is
    steps = agent.get_by_role("region", name="First run").get_by_role("listitem")
    expect(steps.first).to_have_attribute("aria-current", "step")

    form = choose_steam(agent, "1")
    tab_to(agent, form.get_by_role("button", name="Request"))
    agent.keyboard.press("Enter")
    expect(form).to_have_count(0)
    expect(agent.get_by_role("textbox", name="Message #general")).to_be_focused()
    expect(steps.nth(1)).to_have_attribute("aria-current", "step")

    lead.bring_to_front()
    card = latest_card(lead)
    tab_to(lead, card.get_by_role("button", name="Approve"))
    lead.keyboard.press("Enter")
    expect(lead.get_by_role("alertdialog").get_by_role("button", name="Approve")).to_be_focused()
    lead.keyboard.press("Enter")
    expect(card).to_contain_text("delivered", timeout=20_000)
    expect(steps.nth(2)).to_have_attribute("aria-current", "step")

    agent.bring_to_front()
    tab_to(agent, agent.get_by_role("navigation").get_by_role("link", name="Gift Cards"))
    agent.keyboard.press("Enter")
    ready = ready_message(agent, card).get_by_role("button", name="Show codes")
    ready.wait_for()
    tab_to(agent, ready)
    agent.keyboard.press("Enter")
    expect(agent.get_by_role("article").filter(has_text=SHOWN)).to_contain_text("1 of 1")
    expect(agent.get_by_role("heading", name="That is the whole job.")).to_be_visible()


def test_an_approval_on_a_phone_is_a_matter_of_two_taps(window: Window) -> None:
    agent = window(AGENT, "C0GENERAL1")
    lead = window(LEAD, APPROVALS, width=390)
    form = choose_steam(agent, "1")
    form.get_by_role("button", name="Request").click()
    card = latest_card(lead)
    expect(card.get_by_role("button", name="Approve")).to_be_in_viewport()
    approve(lead)
    expect(card).to_contain_text("approved by")
