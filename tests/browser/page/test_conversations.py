"""Conversations: what is only for one person stays so, and text is never HTML."""

import re
from collections.abc import Callable
from contextlib import closing

import httpx
import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser.page.steps import type_command

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def test_a_message_reaches_the_others_and_is_counted_as_unread(open_page: Open) -> None:
    agent, lead = open_page(), open_page("U0LEAD001", "#C0SUPPORT1")
    agent.get_by_role("textbox", name="Message #general").fill("good *morning* <b>all</b>")
    agent.keyboard.press("Enter")

    expect(lead.get_by_role("link", name=re.compile(r"general \d+ unread"))).to_be_visible()
    lead.get_by_role("link", name="general").first.click()
    expect(lead.get_by_role("log")).to_contain_text("good morning <b>all</b>")
    expect(lead.get_by_role("log").locator("strong", has_text="morning").last).to_be_visible()
    expect(lead.get_by_role("link", name="general", exact=True)).to_have_attribute("aria-current", "page")


def test_an_ephemeral_is_marked_seen_by_one_person_and_gone_after_a_reload(open_page: Open) -> None:
    agent, lead = open_page(), open_page("U0LEAD001")
    type_command(agent, "/shop whisper")
    secret = agent.get_by_role("article").filter(has_text="AAAA-1111")
    expect(secret).to_contain_text("Only visible to you")

    secret.get_by_role("button", name="Once more").click()
    expect(agent.get_by_role("article").filter(has_text="BBBB-2222")).to_contain_text("Only visible to you")
    expect(secret).to_have_count(0)
    expect(lead.get_by_text("BBBB-2222")).to_have_count(0)

    agent.reload()
    agent.get_by_role("log").wait_for()
    expect(agent.get_by_text("BBBB-2222")).to_have_count(0)


def test_hostile_text_stays_text(page: Page) -> None:
    dialogs: list[Dialog] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog))
    type_command(page, "/shop hostile")
    message = page.get_by_role("article").filter(has_text="press me").last
    expect(message).to_contain_text("<script>alert(2)</script>")
    expect(message).to_contain_text("<img src=x onerror=alert(1)>")

    assert message.locator("script, img, b").count() == 0
    assert message.locator("a").count() == 0
    assert dialogs == []


def test_a_button_with_a_confirm_asks_first_and_the_card_then_shows_the_outcome(open_page: Open) -> None:
    lead, other = open_page("U0LEAD001"), open_page("U0LEAD002")
    type_command(lead, "/shop card")
    card = lead.get_by_role("article").filter(has_text="Request 7").last
    card.get_by_role("button", name="Approve").click()
    question = lead.get_by_role("alertdialog", name="Approve it?")
    question.get_by_role("button", name="No").click()
    expect(card.get_by_role("button", name="Approve")).to_be_visible()

    card.get_by_role("button", name="Approve").click()
    lead.get_by_role("alertdialog").get_by_role("button", name="Yes").click()
    for page in (lead, other):
        expect(page.get_by_role("article").last).to_contain_text("Approved by @Leo Lead")
        expect(page.get_by_role("article").last.get_by_role("button", name="Approve")).to_have_count(0)


def test_a_question_goes_away_when_somebody_else_has_decided_meanwhile(open_page: Open) -> None:
    lead, other = open_page("U0LEAD001"), open_page("U0LEAD002")
    type_command(lead, "/shop card")
    card = lead.get_by_role("article").filter(has_text="Request 7").last
    card.get_by_role("button", name="Approve").click()
    expect(lead.get_by_role("alertdialog", name="Approve it?")).to_be_visible()

    other.get_by_role("button", name="Approve").last.click()
    other.get_by_role("alertdialog").get_by_role("button", name="Yes").click()

    expect(lead.get_by_role("alertdialog")).to_have_count(0)
    expect(lead.get_by_role("status").filter(has_text="has changed while you were deciding")).to_be_visible()
    expect(lead.get_by_role("article").last).to_contain_text("Approved by @Lena Lead")


def test_a_channel_one_is_taken_out_of_disappears_with_everything_in_it(
    open_page: Open, control: httpx.Client
) -> None:
    lead = open_page("U0LEAD001", "#C0APPROVE1")
    lead.get_by_role("textbox", name="Message #giftcard-approvals").fill("between us")
    lead.keyboard.press("Enter")
    expect(lead.get_by_role("log")).to_contain_text("between us")
    everybody = ["U0LEAD001", "U0LEAD002", "U0CTRL001", "U0GIFTBOT"]
    link = lead.get_by_role("navigation").get_by_role("link", name="giftcard-approvals")

    control.post("channels", json={"channel": "C0APPROVE1", "members": everybody[1:]}).raise_for_status()
    expect(lead.get_by_role("heading", level=1)).to_have_text("general")
    expect(lead.get_by_role("status").filter(has_text="no longer in #giftcard-approvals")).to_be_visible()
    expect(lead.get_by_text("between us")).to_have_count(0)
    expect(link).to_have_count(0)

    control.post("channels", json={"channel": "C0APPROVE1", "members": everybody}).raise_for_status()
    expect(link).to_be_visible()


def test_somebody_deactivated_sees_so_at_once_and_others_see_it_in_their_menu(
    open_page: Open, control: httpx.Client
) -> None:
    guest, agent = open_page("U0GUEST01"), open_page()
    control.post("people", json={"user": "U0GUEST01", "deleted": True}).raise_for_status()
    try:
        expect(guest.get_by_role("heading", level=1)).to_have_text("Nobody by that name here")
        agent.get_by_role("button", name="You are Ava Agent").click()
        expect(agent.get_by_role("menuitem").first).to_be_focused()
        expect(agent.get_by_role("menuitem").filter(has_text="Gus Guest")).to_have_count(0)
    finally:
        control.post("people", json={"user": "U0GUEST01", "deleted": False}).raise_for_status()


def test_the_address_can_be_changed_to_another_place(page: Page) -> None:
    page.goto(page.url.replace("#C0GENERAL1", "#C0SUPPORT1"))
    expect(page.get_by_role("heading", level=1)).to_have_text("support")


def test_the_home_tab_shows_what_the_app_publishes(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Corner Shop").click()
    page.get_by_role("tab", name="Home").click()
    expect(page.get_by_role("heading", name="Welcome to the shop")).to_be_visible()


def test_the_network_drawer_shows_requests_and_filters_them(page: Page) -> None:
    page.get_by_role("button", name="Network").click()
    type_command(page, "/shop whisper")
    requests = page.get_by_role("list", name="Requests, newest first").get_by_role("listitem")
    expect(requests.filter(has_text="chat.postEphemeral").first).to_contain_text(re.compile(r"200[\d.]+ ms"))
    page.get_by_role("searchbox", name="Filter requests").fill("postephemeral")
    expect(requests.filter(has_not_text="chat.postEphemeral")).to_have_count(0)


def test_the_network_drawer_knows_what_happened_before_the_page_was_opened(
    open_page: Open, page: Page
) -> None:
    type_command(page, "/shop whisper")
    expect(page.get_by_role("article").filter(has_text="AAAA-1111").last).to_be_visible()
    later = open_page("U0LEAD001")
    later.get_by_role("button", name="Network").click()
    requests = later.get_by_role("list", name="Requests, newest first").get_by_role("listitem")
    expect(requests.filter(has_text="/shop whisper").first).to_be_visible()
    before = requests.count()

    later.reload()
    later.get_by_role("button", name="Network").click()
    expect(requests.filter(has_text="/shop whisper").first).to_be_visible()
    assert requests.count() >= before


def test_a_fault_is_armed_with_one_click_and_disarmed(page: Page) -> None:
    page.get_by_role("button", name="Faults").click()
    page.get_by_role("button", name="Arm: The bot is out of reach").click()
    armed = page.get_by_role("list", name="Armed faults")
    expect(armed).to_contain_text("The bot is out of reach")
    expect(page.get_by_role("button", name="Faults 1 armed")).to_be_visible()
    page.get_by_role("button", name="Disarm all").click()
    expect(armed).to_contain_text("Nothing armed")
    expect(page.get_by_role("button", name="Faults", exact=True)).to_be_visible()


def test_a_fault_that_happened_says_so_and_what_to_watch(page: Page) -> None:
    page.get_by_role("button", name="Faults").click()
    page.get_by_role("button", name="Arm: The bot is out of reach").click()
    expect(page.get_by_role("list", name="Armed faults")).to_contain_text("The bot is out of reach")
    type_command(page, "/shop whisper")
    expect(page.get_by_role("status").filter(has_text="It happened: The bot is out of reach")).to_be_visible()
    expect(page.get_by_role("list", name="Armed faults")).to_contain_text("Nothing armed")


def test_somebody_leaves_a_group_and_returns_with_one_click_each(page: Page) -> None:
    page.get_by_role("button", name="Faults").click()
    page.get_by_role("button", name="Leave: Leo Lead leaves @support-leads").click()
    page.get_by_role("button", name="Return: Leo Lead returns to @support-leads").click()
    expect(page.get_by_role("button", name="Leave: Leo Lead leaves @support-leads")).to_be_visible()


def test_without_a_vendor_none_is_offered_to_be_broken(page: Page) -> None:
    page.get_by_role("button", name="Faults").click()
    expect(page.get_by_role("heading", name="Slack, answering the bot")).to_be_visible()
    expect(page.get_by_role("heading", name="The vendor")).to_have_count(0)


def test_the_first_run_is_checked_off_as_things_happen(browser: Browser, address: str) -> None:
    with closing(browser.new_context()) as tabs:  # one browser, so that tabs share what was seen
        lead, agent = tabs.new_page(), tabs.new_page()
        lead.goto(f"{address}/?user=U0LEAD001#C0APPROVE1")
        agent.goto(f"{address}/?user=U0AGENT01#C0GENERAL1")
        steps = agent.get_by_role("region", name="First run").get_by_role("listitem")
        expect(steps.first).to_have_attribute("aria-current", "step")

        type_command(lead, "/shop card", "Message #giftcard-approvals")
        expect(steps.nth(1)).to_have_attribute("aria-current", "step")

        lead.get_by_role("button", name="Approve").last.click()
        lead.get_by_role("button", name="Yes").click()
        expect(steps.nth(2)).to_have_attribute("aria-current", "step")

        type_command(agent, "/shop ready")
        agent.get_by_role("navigation").get_by_role("link", name="Corner Shop").click()
        agent.get_by_role("tab", name="Messages").click()
        agent.get_by_role("button", name="Show codes").last.click()
        expect(agent.get_by_role("heading", name="That is the whole job.")).to_be_visible()

        agent.get_by_role("button", name="Dismiss the first run").click()
        agent.reload()
        agent.get_by_role("log").wait_for()
        expect(agent.get_by_role("region", name="First run")).to_have_count(0)


def test_somebody_who_does_not_exist_is_told_so(address: str, page: Page) -> None:
    page.goto(f"{address}/?user=U0GONE001")
    expect(page.get_by_role("heading", name="Nobody by that name here")).to_be_visible()


def test_at_phone_width_the_sidebar_is_a_drawer(open_page: Open) -> None:
    page = open_page(viewport={"width": 390, "height": 780})
    support = page.get_by_role("link", name="support")
    expect(support).to_be_hidden()
    page.get_by_role("button", name="Open sidebar").click()
    support.click()
    expect(support).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_have_text("support")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_arrow_keys_move_between_the_tabs_of_the_app(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Corner Shop").click()
    page.get_by_role("tab", name="Home").click()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Messages")).to_be_focused()
    expect(page.get_by_role("tab", name="Messages")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tabpanel")).to_contain_text("Welcome to the shop")


def test_a_permalink_opens_the_conversation_at_its_message(open_page: Open, address: str) -> None:
    page = open_page()
    page.get_by_role("textbox", name="Message #general").fill("look here")
    page.keyboard.press("Enter")
    ts = page.get_by_role("article").filter(has_text="look here").last.get_attribute("data-ts")
    assert ts is not None
    page.goto(f"{address}/archives/C0GENERAL1/p{ts.replace('.', '')}")
    expect(page.locator(f"[data-ts='{ts}']")).to_have_class(re.compile("is-pointed-out"))
