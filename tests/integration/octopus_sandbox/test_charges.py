"""Section 5: quotes, same currency and across currencies."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.support.octopus_stand_in import (
    CHF_POSTPAID,
    EUR,
    JPY,
    STEAM_DE,
    STEAM_JP,
    USD,
    StandIn,
    content,
    refusal,
)


def quote(vendor: StandIn, product: int = STEAM_DE, fault: str = "", **asked: Any) -> httpx.Response:
    return vendor.post(f"/products/{product}/charges", fault, **{"denomination": 20, "quantity": 3} | asked)


@pytest.fixture(autouse=True)
def four_percent(vendor: StandIn) -> None:
    for product in (STEAM_DE, STEAM_JP):
        vendor.back_office("PATCH", f"products/{product}", discount=4.0)


@pytest.mark.contract("5.1a", "5.1c")
def test_a_quote_in_the_product_currency_has_no_exchange(vendor: StandIn) -> None:
    """5.1, the documented sample"""
    assert content(quote(vendor)) == {
        "non_discounted_total": 60,
        "discount_amount": Decimal("2.40"),
        "total_amount": Decimal("57.60"),
        "discount": 4,
        "gst_amount": 0,
        "total_payable": Decimal("57.60"),
        "max_quantity": 250,
        "net_amount": Decimal("57.60"),
        "handling_fee_amount": 0,
        "charges_details": {
            "source_currency": "EUR",
            "destination_currency": "EUR",
            "forex_rate": None,
            "conversion_fee": None,
        },
    }


@pytest.mark.contract("5.1b")
def test_a_quote_for_another_wallet_is_exchanged_and_rounded(vendor: StandIn) -> None:
    """5.1, the documented sample: 57.60 x 1.08 = 62.208"""
    body = content(quote(vendor, wallet_id=USD))

    assert body["total_amount"] == Decimal("57.60")
    assert body["total_payable"] == body["net_amount"] == Decimal("62.21")
    assert body["charges_details"] == {
        "source_currency": "EUR",
        "destination_currency": "USD",
        "forex_rate": Decimal("1.08"),
        "conversion_fee": 0,
    }


@pytest.mark.contract("5.1d", "G13")
@pytest.mark.parametrize(("rate", "payable"), [("1.00078125", "57.65"), ("1.00078", "57.64")])
def test_rounding_is_half_up_to_the_wallet_precision(vendor: StandIn, rate: str, payable: str) -> None:
    """5.1: 57.60 x 1.00078125 is 57.645"""
    vendor.back_office("POST", "rates", **{"from": "EUR", "to": "USD", "rate": rate})

    assert content(quote(vendor, wallet_id=USD))["total_payable"] == Decimal(payable)


@pytest.mark.contract("2.5b", "5.1d")
def test_yen_have_no_decimals(vendor: StandIn) -> None:
    """2.5"""
    into_yen = content(quote(vendor, wallet_id=JPY))
    of_yen = content(quote(vendor, STEAM_JP, denomination=1000))

    assert into_yen["total_payable"] == 9700  # 57.60 x 168.40 = 9699.84
    assert (of_yen["total_amount"], of_yen["total_payable"]) == (2880, 2880)
    assert refusal(quote(vendor, STEAM_JP, denomination=1000.5))[3] == "Invalid denomination"


@pytest.mark.contract("5.1g")
def test_a_quote_holds_for_five_minutes_per_product_denomination_quantity_and_wallet(vendor: StandIn) -> None:
    """5.1"""
    before = content(quote(vendor))
    vendor.back_office("PATCH", f"products/{STEAM_DE}", discount=1.0)

    assert content(quote(vendor)) == before
    assert content(quote(vendor, quantity=2))["discount"] == 1
    assert content(quote(vendor, wallet_id=USD))["discount"] == 1
    vendor.later(299)
    assert content(quote(vendor)) == before
    vendor.later(2)
    assert content(quote(vendor))["discount"] == 1


def test_a_postpaid_wallet_can_be_quoted_too(vendor: StandIn) -> None:
    """12.1"""
    assert content(quote(vendor, wallet_id=CHF_POSTPAID))["charges_details"]["destination_currency"] == "CHF"


@pytest.mark.contract("5.1a")
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"denomination": None}, "Invalid denomination: required"),
        ({"denomination": "20"}, "Invalid denomination: must be a number"),
        ({"denomination": True}, "Invalid denomination: must be a number"),
        ({"denomination": 0}, "Invalid denomination: must be between 0.01 and 1000000000"),
        ({"denomination": 1_000_000_001}, "Invalid denomination: must be between 0.01 and 1000000000"),
        ({"quantity": None}, "Invalid quantity: required"),
        ({"quantity": 1.5}, "Invalid quantity: must be an integer"),
        ({"quantity": 0}, "Invalid quantity: must be greater than 0"),
        ({"wallet_id": "31"}, "Invalid wallet_id: must be an integer"),
    ],
)
def test_a_missing_or_mistyped_field_is_a_validation_failure(
    vendor: StandIn, body: dict[str, Any], message: str
) -> None:
    """5.1, 6.5"""
    assert refusal(quote(vendor, **body)) == (400, "ValidationException", "VALIDATION_FAILURE", message)


@pytest.mark.parametrize(
    ("product", "body", "expected"),
    [
        (STEAM_DE, {"denomination": 21}, (400, "BAD_REQUEST", "Invalid denomination")),
        (STEAM_DE, {"denomination": 20.001}, (400, "BAD_REQUEST", "Invalid denomination")),
        (STEAM_DE, {"quantity": 251}, (400, "BAD_REQUEST", "Quantity exceeds maximum allowed")),
        (STEAM_DE, {"wallet_id": 41}, (404, "NOT_FOUND", "Wallet not found")),
        (1, {}, (404, "NOT_FOUND", "Product not found")),
    ],
)
def test_what_this_client_cannot_buy_is_not_quoted(
    vendor: StandIn, product: int, body: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    """5.1; wallet 41 belongs to somebody else"""
    status, _, code, message = refusal(quote(vendor, product, **body))

    assert (status, code, message) == expected


@pytest.mark.contract("5.1f")
def test_the_bulk_limit_is_never_above_five_thousand(vendor: StandIn) -> None:
    """6.1"""
    vendor.back_office("PATCH", "clients/7", bulk_limit=9000)

    assert content(quote(vendor))["max_quantity"] == 5000
    assert quote(vendor, quantity=5000).status_code == 200
    assert quote(vendor, quantity=5001).status_code == 400


@pytest.mark.contract("5.1h")
def test_a_quote_takes_nothing(vendor: StandIn) -> None:
    before = vendor.balance(EUR)
    quote(vendor)
    assert vendor.balance(EUR) == before
