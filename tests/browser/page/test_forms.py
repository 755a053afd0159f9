"""Forms: selects that load as one types, errors in place, nothing typed is ever lost."""

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.page.steps import open_form, type_command

pytestmark = pytest.mark.browser


def test_a_select_that_loads_as_you_type_works_with_the_keyboard_alone(page: Page) -> None:
    form = open_form(page)
    product = form.get_by_role("combobox", name="Product")
    expect(product).to_be_focused()

    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox")).to_contain_text("at least 2")
    page.keyboard.type("ste")
    expect(page.get_by_role("option")).to_have_text(["Steam USA", "Steam Germany"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(product).to_have_value("Steam Germany")
    expect(product).to_have_attribute("aria-expanded", "false")
    expect(form).to_contain_text("× Steam Germany")


def test_escape_closes_the_list_first_and_the_form_only_then(page: Page) -> None:
    form = open_form(page)
    page.keyboard.type("net")
    expect(page.get_by_role("option", name="Netflix")).to_be_visible()

    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(form).to_be_visible()

    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    expect(page.get_by_role("textbox", name="Message #general")).to_be_focused()


def test_a_search_without_a_match_says_so(page: Page) -> None:
    open_form(page)
    page.keyboard.type("zzz")
    expect(page.get_by_role("listbox")).to_have_text("Nothing found")


def test_a_search_the_app_does_not_answer_says_so_in_the_list(page: Page, control: httpx.Client) -> None:
    open_form(page)
    control.post("faults", json={"kind": "unreachable", "times": 9}).raise_for_status()
    page.keyboard.type("ste")
    expect(page.get_by_role("listbox")).to_contain_text("Corner Shop could not be reached")


def test_what_is_missing_is_said_at_the_field_and_the_first_one_gets_the_focus(page: Page) -> None:
    form = open_form(page)
    form.get_by_role("spinbutton").or_(form.get_by_role("textbox", name="Quantity")).fill("1.5")
    form.get_by_role("textbox", name="Recipient").fill("not an address")
    form.get_by_role("button", name="Order").click()

    expect(form.get_by_role("combobox", name="Product")).to_be_focused()
    expect(form.get_by_role("combobox", name="Product")).to_have_accessible_description(re.compile("fill in"))
    expect(form.locator("[data-block-id=quantity].input-block")).to_contain_text("whole number")
    expect(form.locator("[data-block-id=email].input-block")).to_contain_text("e-mail address")


def fill(page: Page, reason: str) -> None:
    form = open_form(page)
    page.keyboard.type("spo")
    page.get_by_role("option", name="Spotify").click()
    expect(form).to_contain_text("× Spotify")
    form.get_by_role("textbox", name="Quantity").fill("2")
    form.get_by_role("textbox", name="Reason").fill(reason)
    form.get_by_role("textbox", name="Ticket link").fill("https://desk.example/1")
    expect(form).to_contain_text("2 × Spotify")


def test_an_error_from_the_app_stands_at_its_field_and_takes_the_focus(page: Page) -> None:
    fill(page, "refuse")
    form = page.get_by_role("dialog", name="Order a card")
    form.get_by_role("button", name="Order").click()

    ticket = form.get_by_role("textbox", name="Ticket link")
    expect(ticket).to_be_focused()
    expect(ticket).to_have_accessible_description("Not one of our tickets. From the help desk")
    expect(ticket).to_have_attribute("aria-invalid", "true")

    page.keyboard.type("2")
    expect(ticket).not_to_have_attribute("aria-invalid", "true")
    expect(ticket).to_have_value("https://desk.example/12")


def test_a_good_form_is_sent_and_closes(page: Page) -> None:
    fill(page, "because")
    page.get_by_role("button", name="Order", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_form_sent_right_after_the_last_keystroke_leaves_no_complaint_behind(page: Page) -> None:
    fill(page, "because")
    form = page.get_by_role("dialog", name="Order a card")
    form.get_by_role("textbox", name="Quantity").press_sequentially("0")
    with page.expect_response("**/client/submit"):
        form.get_by_role("button", name="Order").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.evaluate("new Promise(done => setTimeout(done, 400))")  # after the timer of the keystroke
    type_command(page, "/shop whisper")
    expect(page.get_by_role("article").filter(has_text="AAAA-1111").last).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_form_the_app_does_not_answer_keeps_everything_and_says_so(page: Page) -> None:
    fill(page, "sulk")
    form = page.get_by_role("dialog", name="Order a card")
    form.get_by_role("button", name="Order").click()
    expect(form.get_by_role("button", name="Order")).to_have_attribute("aria-busy", "true")
    expect(form.get_by_role("alert").filter(has_text=re.compile("again"))).to_be_visible()
    expect(form.get_by_role("textbox", name="Reason")).to_have_value("sulk")


def test_typing_goes_on_undisturbed_while_the_app_updates_the_form(page: Page) -> None:
    form = open_form(page)
    form.get_by_role("textbox", name="Reason").fill("half a sentence")
    quantity = form.get_by_role("textbox", name="Quantity")
    quantity.press_sequentially("12")
    quantity.press("Home")
    expect(form).to_contain_text("12 × nothing")

    page.keyboard.type("3")
    expect(form).to_contain_text("312 × nothing")
    expect(quantity).to_be_focused()
    assert quantity.evaluate("field => field.selectionStart") == 1
    expect(form.get_by_role("textbox", name="Reason")).to_have_value("half a sentence")


def test_a_pushed_view_goes_back_to_the_form_as_it_was(page: Page) -> None:
    form = open_form(page)
    form.get_by_role("textbox", name="Reason").fill("remember me")
    form.get_by_role("button", name="Terms").click()
    terms = page.get_by_role("dialog", name="Terms")
    expect(terms).to_contain_text("Small print.")

    terms.get_by_role("button", name="Back").click()
    expect(form.get_by_role("textbox", name="Reason")).to_have_value("remember me")


def test_the_focus_stays_inside_the_form(page: Page) -> None:
    form = open_form(page)
    for _ in range(14):
        page.keyboard.press("Tab")
        inside = page.evaluate(
            "document.activeElement === document.body || document.activeElement.closest('dialog') !== null"
        )
        assert inside
    expect(form).to_be_visible()


def test_shortcuts_open_the_form_from_the_composer_and_from_a_message(page: Page) -> None:
    page.get_by_role("textbox", name="Message #general").fill("a broken lamp")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Shortcuts").press("Enter")
    page.get_by_role("menuitem", name="Open the form").press("Enter")
    page.get_by_role("dialog", name="Order a card").get_by_role("button", name="Cancel").click()

    message = page.locator(".row", has_text="a broken lamp").last
    message.get_by_role("button", name=re.compile("Message actions")).press("Enter")
    page.get_by_role("menuitem", name="Order for this").press("Enter")
    expect(page.get_by_role("dialog", name="Order a card")).to_contain_text("For: a broken lamp")


def test_slash_commands_are_completed(page: Page) -> None:
    box = page.get_by_role("textbox", name="Message #general")
    box.press_sequentially("/sh")
    expect(page.get_by_role("option", name="/shop")).to_be_visible()
    box.press("Enter")
    expect(box).to_have_value("/shop ")
    box.press_sequentially("wh")
    box.press("Tab")
    expect(box).to_have_value("/shop whisper")


def test_a_command_that_failed_is_put_back_with_the_reason(page: Page) -> None:
    type_command(page, "/shop sulk")
    expect(page.get_by_role("alert").last).to_contain_text(re.compile("did not (answer|respond)"))
    expect(page.get_by_role("textbox", name="Message #general")).to_have_value("/shop sulk")
