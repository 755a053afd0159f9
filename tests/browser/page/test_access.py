"""Everybody can use it: names, labels, references that lead somewhere, contrast in both themes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import faults_of
from tests.browser.page.steps import open_form, type_command

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(params=["light", "dark"])
def themed(open_page: Open, request: pytest.FixtureRequest) -> Page:
    return open_page(color_scheme=request.param, reduced_motion="reduce")


def test_a_conversation_is_accessible(themed: Page) -> None:
    for wish in ("hostile", "card", "whisper"):
        type_command(themed, f"/shop {wish}")
    expect(themed.get_by_role("article").filter(has_text="AAAA-1111").last).to_be_visible()
    themed.get_by_role("article").last.hover()
    assert faults_of(themed) == []


def test_a_form_with_its_errors_and_an_open_list_is_accessible(themed: Page) -> None:
    form = open_form(themed)
    form.get_by_role("button", name="Order").click()
    expect(form.get_by_role("combobox", name="Product")).to_be_focused()
    themed.keyboard.type("ste")
    expect(themed.get_by_role("option", name="Steam USA")).to_be_visible()
    assert faults_of(themed) == []


def test_the_panels_menus_and_home_are_accessible(themed: Page) -> None:
    themed.get_by_role("navigation").get_by_role("link", name="Corner Shop").click()
    themed.get_by_role("tab", name="Home").click()
    expect(themed.get_by_role("heading", name="Welcome to the shop")).to_be_visible()
    for panel in ("Network", "Faults"):
        themed.get_by_role("button", name=panel, exact=True).click()
        expect(themed.get_by_role("heading", name=panel)).to_be_visible()
        assert faults_of(themed) == []
    themed.get_by_role("button", name="You are Ava Agent").click()
    expect(themed.get_by_role("menuitem").first).to_be_focused()
    assert faults_of(themed) == []


def test_every_region_a_reader_jumps_to_is_there(page: Page) -> None:
    for role, name in (("banner", None), ("navigation", "Workspace"), ("main", None), ("log", "Messages")):
        expect(page.get_by_role(role, name=name)).to_have_count(1)  # type: ignore[arg-type]


def test_the_theme_can_be_flipped_and_is_remembered(page: Page) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(ground)
    page.get_by_role("button", name="Light or dark").click()
    flipped = page.evaluate(ground)
    page.reload()
    page.get_by_role("log").wait_for()
    assert page.evaluate(ground) == flipped != before
