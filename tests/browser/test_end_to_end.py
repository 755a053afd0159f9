"""The whole job in a real browser, agent and lead in two windows, with every process a real one."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import Window, approve, ask, choose_steam, latest_card, ready_message, show_codes
from tests.support.running_system import AGENT, APPROVALS, LEAD, OTHER_LEAD, RunningSystem

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("quantity", ["2", "8"])
def test_an_agent_asks_a_lead_approves_and_the_codes_are_shown_to_the_agent(
    system: RunningSystem, window: Window, quantity: str
) -> None:
    agent, lead = window(AGENT, "C0GENERAL1"), window(LEAD, APPROVALS)
    ask(agent, quantity)

    card = latest_card(lead)
    expect(card).to_contain_text("Parcel lost twice")
    approve(lead)
    expect(card).to_contain_text("delivered", timeout=20_000)
    expect(card.get_by_role("button", name="Approve")).to_have_count(0)

    shown = show_codes(agent, card)
    expect(shown).to_contain_text(f"{quantity} of {quantity}")
    theirs = next(
        o for o in system.back_office.orders() if o["client_reference"] == system.order()["client_reference"]
    )
    for voucher in theirs["vouchers"]:
        expect(shown).to_contain_text(voucher["card_number"])
        assert system.persistent_messages(voucher["card_number"]) == []

    agent.reload()
    ready_message(agent, card).wait_for()
    expect(shown).to_have_count(0)
    show_codes(agent, card)
    expect(shown).to_contain_text(theirs["vouchers"][0]["card_number"])


def test_a_wrong_link_is_said_at_its_field_which_gets_the_focus(window: Window) -> None:
    agent = window(AGENT, "C0GENERAL1")
    form = choose_steam(agent, "1")
    link = form.get_by_label("Ticket link")
    link.fill("https://evil.example/1")
    form.get_by_role("button", name="Request").click()
    expect(form.get_by_text("not one of our ticket systems")).to_be_visible()
    expect(link).to_be_focused()
    expect(form.get_by_label("Reason")).to_have_value("Parcel lost twice")


def test_when_one_lead_has_decided_no_other_window_offers_the_decision_any_more(window: Window) -> None:
    agent = window(AGENT, "C0GENERAL1")
    lead, other = window(LEAD, APPROVALS), window(OTHER_LEAD, APPROVALS)
    ask(agent, "1")
    card = latest_card(other)
    expect(card.get_by_role("button", name="Approve")).to_be_visible()
    approve(lead)
    expect(card).to_contain_text("approved by")
    expect(card.get_by_role("button", name="Approve")).to_have_count(0)
