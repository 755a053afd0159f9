"""The back office's page, in a browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.octopus_stand_in import StandIn

pytestmark = pytest.mark.browser


def test_it_shows_orders_with_their_codes_movements_and_requests(vendor: StandIn, page: Page) -> None:
    order = vendor.order(client_reference="<b>GC-7</b>").json()

    page.goto(vendor.announced["admin"])

    row = page.locator("#orders tr", has_text=str(order["id"]))
    expect(row).to_contain_text("<b>GC-7</b>")  # as text, not as markup
    row.locator("summary").click()
    expect(row).to_contain_text(order["vouchers"][0]["card_number"])
    expect(page.locator("#ledger")).to_contain_text(f"Order #{order['id']}")
    expect(page.locator("#requests")).to_contain_text("POST /api/v1/orders")


def test_a_fault_armed_there_hits_the_next_order(vendor: StandIn, page: Page) -> None:
    page.goto(vendor.announced["admin"])
    page.get_by_role("combobox", name="Fault").select_option("error")
    page.get_by_label("Options").fill("status=503; body=html")
    page.get_by_role("button", name="Arm", exact=True).click()
    expect(page.locator("#armed")).to_contain_text("error ×1 * /api/v1/orders* status=503 body=html")

    answer = vendor.order()

    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    expect(page.locator("#armed li")).to_have_count(0)


def test_a_fault_that_makes_no_sense_is_explained(vendor: StandIn, page: Page) -> None:
    page.goto(vendor.announced["admin"])
    page.get_by_label("Options").fill("status=200")
    page.get_by_role("button", name="Arm", exact=True).click()

    expect(page.get_by_role("alert")).to_have_text("That did not work: status is one of 500, 502, 503, 504")


def test_the_clock_moves_by_a_button(vendor: StandIn, page: Page) -> None:
    page.goto(vendor.announced["admin"])
    page.get_by_role("button", name="+5 min").click()

    expect(page.locator("#shift")).to_have_text("moved by 300.0 s")
    assert vendor.back_office("GET", "clock")["shift_s"] == 300
