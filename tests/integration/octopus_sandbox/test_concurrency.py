"""Sections 6.4 and 9.1 with everybody at once."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.support import stand_in_process
from tests.support.every import assert_every
from tests.support.octopus_stand_in import EUR, STEAM_DE, STEAM_US, USD, StandIn, refusal


def at_once(vendor: StandIn, wanted: list[dict[str, Any]]) -> list[httpx.Response]:
    return stand_in_process.at_once(vendor.http, "/api/v1/orders", wanted)


@pytest.mark.contract("9.1a")
def test_of_twenty_simultaneous_creates_under_one_reference_exactly_one_wins(vendor: StandIn) -> None:
    before = vendor.balance(USD)
    order = {"product_id": STEAM_US, "denomination": 20, "quantity": 1, "client_reference": "race"}

    answers = at_once(vendor, [order] * 20)

    refused = [answer for answer in answers if answer.status_code != 201]
    assert len(refused) == 19
    for answer in refused:
        assert refusal(answer) == (400, "BadRequestError", "BAD_REQUEST", "Duplicate client_reference")
    assert len(vendor.get("/orders", client_reference="race").json()) == 1
    assert before - vendor.balance(USD) == Decimal("19.30")


@pytest.mark.contract("6.4b")
def test_simultaneous_orders_never_overdraw_a_wallet(vendor: StandIn) -> None:
    vendor.back_office("PATCH", f"wallets/{USD}", amount=100)
    orders = [
        {
            "product_id": STEAM_US,
            "denomination": 20,
            "quantity": 1,
            "wallet_id": USD,
            "client_reference": f"r{n}",
        }
        for n in range(20)
    ]

    answers = at_once(vendor, orders)

    paid = [answer for answer in answers if answer.status_code == 201]
    assert len(paid) == 5  # 5 x 19.30
    assert {refusal(answer)[2] for answer in answers if answer.status_code != 201} == {"INSUFFICIENT_FUNDS"}
    assert vendor.balance(USD) == Decimal("3.50")
    assert_every(vendor.back_office("GET", "wallets"), lambda wallet: wallet["adds_up"])


@pytest.mark.contract("6.4b")
def test_simultaneous_orders_in_different_currencies_share_one_wallet_safely(vendor: StandIn) -> None:
    vendor.back_office("PATCH", f"wallets/{EUR}", amount=50)
    orders = [
        {"product_id": product, "denomination": 20, "quantity": 1, "wallet_id": EUR}
        for product in (STEAM_US, STEAM_DE)
        for _ in range(8)
    ]

    answers = at_once(vendor, orders)

    assert 0 < sum(answer.status_code == 201 for answer in answers) < 16
    assert 0 <= vendor.balance(EUR) < 20
    assert_every(vendor.back_office("GET", "wallets"), lambda wallet: wallet["adds_up"])


def test_simultaneous_orders_do_not_sell_more_than_there_is(vendor: StandIn) -> None:
    vendor.back_office("PATCH", f"products/{STEAM_US}", stock=7)
    order = {"product_id": STEAM_US, "denomination": 20, "quantity": 2}

    answers = at_once(vendor, [order] * 10)

    assert sum(answer.status_code == 201 for answer in answers) == 3
