"""Section 4 with everybody at once."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.support import stand_in_process
from tests.support.cardpluspay_stand_in import STEAM, STEAM_EUR, STEAM_PRICE, StandIn, refusal


def at_once(vendor: StandIn, wanted: list[dict[str, Any]]) -> list[httpx.Response]:
    return stand_in_process.at_once(vendor.http, "/v1/orders", wanted)


@pytest.mark.contract("cardpluspay 4a", "cardpluspay 4e")
def test_twenty_equal_purchases_at_once_are_twenty_orders_that_nothing_tells_apart(
    cardpluspay: StandIn,
) -> None:
    answers = at_once(cardpluspay, [{"item_code": STEAM, "quantity": 2}] * 20)

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["data"]["order_id"] for answer in answers}) == 20
    codes = [code["code"] for answer in answers for code in answer.json()["data"]["codes"]]
    assert len(set(codes)) == 40
    assert cardpluspay.balance() == Decimal("25000.00") - 40 * STEAM_PRICE
    telling = {(order["status"], order["amount"]) for order in cardpluspay.listed(per_page=100)}
    assert telling == {("completed", 2 * STEAM_PRICE)}


@pytest.mark.contract("cardpluspay 2.4d")
def test_purchases_at_once_never_overdraw_the_balance(cardpluspay: StandIn) -> None:
    poor = cardpluspay.another(balance=100)

    answers = at_once(poor, [{"item_code": STEAM}, {"item_code": STEAM_EUR}] * 10)

    refused = [answer for answer in answers if answer.status_code != 200]
    assert {refusal(answer) for answer in refused} == {(400, "Insufficient balance")}
    assert 4 <= len(answers) - len(refused) <= 5
    assert 0 <= poor.balance() < STEAM_PRICE
    book = poor.book()
    assert book["adds_up"]
    assert len(book["orders"]) == len(answers) - len(refused)


def test_purchases_at_once_do_not_sell_more_than_there_is(cardpluspay: StandIn) -> None:
    cardpluspay.back_office("PATCH", f"items/{STEAM}", stock=7)

    answers = at_once(cardpluspay, [{"item_code": STEAM, "quantity": 2}] * 10)

    assert sum(answer.status_code == 200 for answer in answers) == 3


def test_accounts_that_buy_at_once_do_not_pay_for_each_other(cardpluspay: StandIn) -> None:
    accounts = [cardpluspay.another(balance=100) for _ in range(3)]

    for account in accounts:
        at_once(account, [{"item_code": STEAM}] * 3)

    assert {account.balance() for account in accounts} == {100 - 3 * STEAM_PRICE}
    assert [len(account.book()["orders"]) for account in accounts] == [3, 3, 3]
