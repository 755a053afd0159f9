"""CardPlusPay's back office, in a browser."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from tests.integration.cardpluspay_sandbox.stand_in import STEAM, TARGET, StandIn

pytestmark = pytest.mark.browser


@pytest.fixture
def office(cardpluspay: StandIn, page: Page) -> Page:
    page.goto(cardpluspay.announced["admin"])
    page.locator("#accounts .wallet").first.wait_for()
    return page


def test_it_shows_accounts_orders_with_their_codes_movements_and_requests(
    cardpluspay: StandIn, office: Page
) -> None:
    cardpluspay.another(name="<b>Shop</b>", balance="12.30")
    order = cardpluspay.ordered(item_code=TARGET)

    expect(office.locator("#accounts")).to_contain_text("<b>Shop</b>")  # as text, not as markup
    expect(office.locator("#accounts")).to_contain_text("12.30 USD")
    row = office.locator("#orders tr", has_text=str(order["order_id"]))
    row.locator("summary").click()
    expect(row).to_contain_text(order["codes"][0]["code"])
    expect(row).to_contain_text(f"PIN {order['codes'][0]['metadata'][0]['Pin']}")
    expect(office.locator("#ledger")).to_contain_text(f"1 × {TARGET} · order {order['order_id']}")
    expect(office.locator("#requests")).to_contain_text("POST /v1/orders")


def test_a_payment_and_a_purchase_by_hand_move_the_balance(cardpluspay: StandIn, office: Page) -> None:
    deal = office.locator("#deal")
    deal.get_by_label("Amount").fill("50.00")
    deal.get_by_role("button", name="Top up").click()
    expect(office.locator("#accounts")).to_contain_text("25,050.00 USD")

    deal.get_by_label("Item").select_option(STEAM)
    deal.get_by_label("Cards").fill("2")
    deal.get_by_role("button", name="Buy by hand").click()

    expect(office.locator("#orders")).to_contain_text("1201, by hand")
    assert cardpluspay.balance() == Decimal("25011.44")


def test_an_order_is_refunded_by_a_button(cardpluspay: StandIn, office: Page) -> None:
    cardpluspay.ordered()

    office.locator("#orders").get_by_role("button", name="Refund").click()

    expect(office.locator("#orders")).to_contain_text("(19.28 back)")
    assert cardpluspay.balance() == Decimal("25000.00")


def test_an_account_is_opened_and_a_fault_armed_for_it_alone(cardpluspay: StandIn, office: Page) -> None:
    form = office.locator("#open")
    form.get_by_label("Name").fill("Crash test")
    form.get_by_role("button").click()
    expect(office.locator("#accounts")).to_contain_text("Crash test")

    arming = office.locator("#arm")
    arming.get_by_label("Fault").select_option("error")
    arming.get_by_label("Account").select_option(label="1202 · Crash test")
    arming.get_by_label("Options").fill("status=502; body=html; when=after")
    arming.get_by_role("button", name="Arm", exact=True).click()

    expect(office.locator("#armed")).to_contain_text("error ×1 * /v1/orders account 1202 status=502")
    assert cardpluspay.order().status_code == 200


def test_a_choice_is_switched_and_marked(cardpluspay: StandIn, office: Page) -> None:
    choices = office.locator("#choices")
    choices.get_by_label("created status").select_option("201")
    choices.get_by_label("late by").fill("7")
    choices.get_by_label("late by").blur()

    expect(choices.locator(".switched")).to_have_count(2)
    assert cardpluspay.office("GET", "choices")["created_status"] == 201
    assert cardpluspay.office("GET", "choices")["late_by"] == 7


def test_what_makes_no_sense_is_explained(office: Page) -> None:
    office.locator("#deal").get_by_label("Amount").fill("much")
    office.get_by_role("button", name="Top up").click()

    expect(office.get_by_role("alert")).to_have_text("That did not work: amount must be a number")
