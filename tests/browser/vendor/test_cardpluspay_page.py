"""CardPlusPay's back office, in a browser."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from tests.support.cardpluspay_stand_in import STEAM, TARGET, StandIn

pytestmark = pytest.mark.browser


@pytest.fixture
def back_office(cardpluspay: StandIn, page: Page) -> Page:
    page.goto(cardpluspay.announced["admin"])
    page.locator("#accounts .wallet").first.wait_for()
    return page


def test_it_shows_accounts_orders_with_their_codes_movements_and_requests(
    cardpluspay: StandIn, back_office: Page
) -> None:
    cardpluspay.another(name="<b>Shop</b>", balance="12.30")
    order = cardpluspay.ordered(item_code=TARGET)

    expect(back_office.locator("#accounts")).to_contain_text("<b>Shop</b>")  # as text, not as markup
    expect(back_office.locator("#accounts")).to_contain_text("12.30 USD")
    row = back_office.locator("#orders tr", has_text=str(order["order_id"]))
    row.locator("summary").click()
    expect(row).to_contain_text(order["codes"][0]["code"])
    expect(row).to_contain_text(f"PIN {order['codes'][0]['metadata'][0]['Pin']}")
    expect(back_office.locator("#ledger")).to_contain_text(f"1 × {TARGET} · order {order['order_id']}")
    expect(back_office.locator("#requests")).to_contain_text("POST /v1/orders")


def test_a_payment_and_a_purchase_by_hand_move_the_balance(cardpluspay: StandIn, back_office: Page) -> None:
    deal = back_office.locator("#deal")
    deal.get_by_label("Amount").fill("50.00")
    deal.get_by_role("button", name="Top up").click()
    expect(back_office.locator("#accounts")).to_contain_text("25,050.00 USD")

    deal.get_by_label("Item").select_option(STEAM)
    deal.get_by_label("Cards").fill("2")
    deal.get_by_role("button", name="Buy by hand").click()

    expect(back_office.locator("#orders")).to_contain_text("1201, by hand")
    assert cardpluspay.balance() == Decimal("25011.44")


def test_an_order_is_refunded_by_a_button(cardpluspay: StandIn, back_office: Page) -> None:
    cardpluspay.ordered()

    back_office.locator("#orders").get_by_role("button", name="Refund").click()

    expect(back_office.locator("#orders")).to_contain_text("(19.28 back)")
    assert cardpluspay.balance() == Decimal("25000.00")


def test_an_account_is_opened_and_a_fault_armed_for_it_alone(cardpluspay: StandIn, back_office: Page) -> None:
    form = back_office.locator("#open")
    form.get_by_label("Name").fill("Crash test")
    form.get_by_role("button").click()
    expect(back_office.locator("#accounts")).to_contain_text("Crash test")

    arming = back_office.locator("#arm")
    arming.get_by_label("Fault").select_option("error")
    arming.get_by_label("Account").select_option(label="1202 · Crash test")
    arming.get_by_label("Options").fill("status=502; body=html; when=after")
    arming.get_by_role("button", name="Arm", exact=True).click()

    expect(back_office.locator("#armed")).to_contain_text("error ×1 * /v1/orders account 1202 status=502")
    assert cardpluspay.order().status_code == 200


def test_a_choice_is_switched_and_marked(cardpluspay: StandIn, back_office: Page) -> None:
    choices = back_office.locator("#choices")
    choices.get_by_label("created status").select_option("201")
    choices.get_by_label("late by").fill("7")
    choices.get_by_label("late by").blur()

    expect(choices.locator(".switched")).to_have_count(2)
    assert cardpluspay.back_office("GET", "choices")["created_status"] == 201
    assert cardpluspay.back_office("GET", "choices")["late_by"] == 7


def test_what_makes_no_sense_is_explained(back_office: Page) -> None:
    back_office.locator("#deal").get_by_label("Amount").fill("much")
    back_office.get_by_role("button", name="Top up").click()

    expect(back_office.get_by_role("alert")).to_have_text("That did not work: amount must be a number")
