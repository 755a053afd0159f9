"""Sections 6, 7.2, 8 and 9: placing orders, finding them again, and what refusals leave behind."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.octopus_stand_in import CAD, EUR, STEAM_DE, STEAM_US, USD, StandIn, content, refusal

FIELDS = [
    "id", "product_id", "product_name", "denomination", "quantity", "amount", "discount", "client_reference",
    "wallet_id", "status", "base_currency", "deduction_currency", "message", "email", "vouchers",
]  # fmt: skip


@pytest.mark.contract("6.2a", "6.3a", "G10")
def test_a_small_order_is_delivered_in_the_answer(vendor: StandIn) -> None:
    """6.2, 6.3"""
    answer = vendor.order(quantity=2, client_reference="shop-54-b7", email="buyer@example.org")
    order = content(answer)

    assert answer.status_code == 201
    assert list(order) == FIELDS
    assert {name: order[name] for name in FIELDS[1:-1]} == {
        "product_id": STEAM_US,
        "product_name": "Steam",
        "denomination": 20,
        "quantity": 2,
        "amount": 40,
        "discount": Decimal("1.40"),
        "client_reference": "shop-54-b7",
        "wallet_id": USD,
        "status": "DELIVERED",
        "base_currency": "USD",
        "deduction_currency": "USD",
        "message": "Order created successfully",
        "email": "buyer@example.org",
    }
    assert len(order["vouchers"]) == 2
    for voucher in order["vouchers"]:
        assert list(voucher) == [
            "card_number", "pin_code", "claim_url", "expires_at", "voucher_reference_number",
        ]  # fmt: skip


@pytest.mark.contract("2.3b")
def test_echo_fields_that_were_not_sent_are_absent(vendor: StandIn) -> None:
    """6.3"""
    order = vendor.order().json()

    assert list(order) == [name for name in FIELDS if name not in {"client_reference", "email"}]


@pytest.mark.contract("6.2a")
@pytest.mark.parametrize(("quantity", "status", "vouchers"), [(5, "DELIVERED", 5), (6, "PENDING", 0)])
def test_more_than_five_are_fulfilled_later(
    vendor: StandIn, quantity: int, status: str, vouchers: int
) -> None:
    """6.2"""
    answer = vendor.order(quantity=quantity)

    assert (answer.status_code, answer.json()["status"]) == (201, status)
    assert len(answer.json()["vouchers"]) == vouchers


@pytest.mark.contract("6.2a")
def test_a_pending_order_is_already_paid_and_gets_delivered(vendor: StandIn) -> None:
    """8, 9.3"""
    before = vendor.balance(USD)
    order = content(vendor.order(quantity=8))
    assert before - vendor.balance(USD) == order["amount"] - order["discount"]

    vendor.later(5)
    vendor.settled(order["id"], lambda seen: seen["status"] == "DELIVERED")

    read = content(vendor.get(f"/orders/{order['id']}"))
    assert (read["status"], len(read["vouchers"])) == ("DELIVERED", 8)
    assert before - vendor.balance(USD) == order["amount"] - order["discount"]


@pytest.mark.contract("9.4a")
def test_an_order_from_another_wallet_is_exchanged(vendor: StandIn) -> None:
    """9.4: base is the product's currency, deduction the wallet's"""
    vendor.back_office("PATCH", f"products/{STEAM_DE}", discount=4.0)
    before = vendor.balance(USD)

    order = content(vendor.order(product_id=STEAM_DE, quantity=3, wallet_id=USD))

    assert (order["base_currency"], order["deduction_currency"]) == ("EUR", "USD")
    assert (order["amount"], order["discount"]) == (60, Decimal("2.40"))
    assert before - vendor.balance(USD) == Decimal("62.21")


@pytest.mark.contract("9.4b")
def test_without_a_wallet_the_one_in_the_product_currency_pays(vendor: StandIn) -> None:
    """6.1"""
    assert vendor.order(product_id=STEAM_DE).json()["wallet_id"] == EUR


@pytest.mark.contract("6.3a")
def test_link_products_deliver_a_claim_url_and_code_products_a_code_with_pin(vendor: StandIn) -> None:
    """4, 6.3"""
    link = vendor.get("/products", search="uber eats", country_id=1).json()[0]
    by_link = vendor.order(product_id=link["id"], denomination=25).json()["vouchers"][0]
    by_code = vendor.order().json()["vouchers"][0]

    assert link["delivery_mode"] == "URL"
    assert by_link["claim_url"].startswith("https://")
    assert by_link["card_number"] is by_link["pin_code"] is by_code["claim_url"] is None
    assert by_code["card_number"]
    assert by_code["pin_code"]


def test_no_two_vouchers_share_a_code(vendor: StandIn) -> None:
    orders = [vendor.order(quantity=5).json() for _ in range(20)]

    codes = [voucher["card_number"] for order in orders for voucher in order["vouchers"]]
    assert len(set(codes)) == 100


@pytest.mark.contract("6.1a", "6.1b", "6.5a")
@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"product_id": None}, "Invalid product_id: required"),
        ({"product_id": "8101"}, "Invalid product_id: must be an integer"),
        ({"denomination": None}, "Invalid denomination: required"),
        ({"denomination": -20}, "Invalid denomination: must be between 0.01 and 1000000000"),
        ({"quantity": True}, "Invalid quantity: must be an integer"),
        ({"quantity": 0}, "Invalid quantity: must be greater than 0"),
        ({"wallet_id": 1.5}, "Invalid wallet_id: must be an integer"),
        ({"client_reference": 5}, "Invalid client_reference: must be a string"),
        ({"client_reference": "x" * 256}, "Invalid client_reference: must be at most 255 characters"),
        ({"client_reference": "line\nbreak"}, "Invalid client_reference: must be printable ASCII"),
        ({"client_reference": "café"}, "Invalid client_reference: must be printable ASCII"),
        ({"email": "nobody"}, "Invalid email: must be a valid email address"),
        ({"email": "a@" + "b" * 250 + ".org"}, "Invalid email: must be at most 254 characters"),
    ],
)
def test_an_invalid_field_is_named(vendor: StandIn, wanted: dict[str, Any], message: str) -> None:
    """6.1, 6.5, 9.1"""
    expected = (400, "ValidationException", "VALIDATION_FAILURE", message)
    assert refusal(vendor.order(**wanted)) == expected


@pytest.mark.contract("6.4a")
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"denomination": 21}, (400, "BAD_REQUEST", "Invalid denomination")),
        ({"quantity": 251}, (400, "BAD_REQUEST", "Quantity exceeds maximum allowed")),
        ({"product_id": 1}, (404, "NOT_FOUND", "Product not found")),
        ({"wallet_id": 41}, (404, "NOT_FOUND", "Wallet not found")),
        (
            {"quantity": 250, "denomination": 100, "wallet_id": CAD},
            (400, "INSUFFICIENT_FUNDS", "Insufficient wallet balance"),
        ),
    ],
)
def test_a_refused_order_leaves_no_debit_no_order_and_its_reference_free(
    vendor: StandIn, wanted: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    """6.4, 6.5"""
    before = vendor.get("/wallets").json()

    status, _, code, message = refusal(vendor.order(client_reference="again", **wanted))

    assert (status, code, message) == expected
    assert vendor.get("/wallets").json() == before
    assert vendor.get("/orders").json() == []
    assert vendor.order(client_reference="again").status_code == 201


@pytest.mark.contract("9.4b", "G14")
def test_a_product_without_a_wallet_in_its_currency_needs_a_wallet_named(vendor: StandIn) -> None:
    """6.5, G14"""
    product = vendor.get("/products", search="steam", country_id=10).json()[0]
    value = product["available_denominations"][0]["min_value"]

    unnamed = vendor.order(product_id=product["id"], denomination=value)
    named = vendor.order(product_id=product["id"], denomination=value, wallet_id=USD)

    assert refusal(unnamed) == (404, "NotFoundError", "NOT_FOUND", "Wallet not found")
    assert named.status_code == 201


@pytest.mark.contract("6.5a", "9.1a")
def test_a_reused_reference_is_refused_and_leads_back_to_the_one_order(vendor: StandIn) -> None:
    """9.1, 9.2"""
    first = vendor.order(client_reference="once").json()
    before = vendor.balance(USD)

    again = vendor.order(client_reference="once", quantity=3)

    assert refusal(again) == (400, "BadRequestError", "BAD_REQUEST", "Duplicate client_reference")
    assert vendor.balance(USD) == before
    found = vendor.get("/orders", client_reference="once").json()
    assert [order["id"] for order in found] == [first["id"]]


@pytest.mark.contract("7.2a", "G17")
def test_references_are_case_sensitive_and_per_client(vendor: StandIn) -> None:
    """9.1"""
    assert vendor.order(client_reference="Ref").status_code == 201
    assert vendor.order(client_reference="ref").status_code == 201
    vendor.log_in("another-sandbox-key", "another-sandbox-secret")
    assert vendor.order(client_reference="Ref").status_code == 201


def test_a_validation_comes_before_the_duplicate_check(vendor: StandIn) -> None:
    """6.4: a product that has gone answers 404 even to a known reference"""
    vendor.order(client_reference="once")
    vendor.back_office("PATCH", f"products/{STEAM_US}", active=False)

    assert vendor.order(client_reference="once").status_code == 404


@pytest.mark.contract("7.2a", "G4")
def test_orders_are_listed_newest_first_filtered_and_paged(vendor: StandIn) -> None:
    """7.2"""
    ids = [vendor.order().json()["id"] for _ in range(3)]
    german = vendor.order(product_id=STEAM_DE).json()["id"]
    pending = vendor.order(quantity=6).json()["id"]

    def listed(**query: Any) -> list[int]:
        return [order["id"] for order in vendor.get("/orders", **query).json()]

    assert listed() == [pending, german, *reversed(ids)]
    assert listed(product_id=STEAM_DE) == [german]
    assert listed(status="PENDING") == [pending]
    assert listed(client_reference="unknown") == []
    assert listed(page=2, limit=2) == [ids[2], ids[1]]
    assert vendor.get("/orders", page=2, limit=2).headers["X-Total-Count"] == "5"


@pytest.mark.contract("7.1a")
@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("abc", (400, "BadRequestError", "BAD_REQUEST", "Invalid order ID")),
        ("99", (404, "NotFoundError", "NOT_FOUND", "Order not found")),
    ],
)
def test_an_order_that_cannot_be_read_says_why(
    vendor: StandIn, number: str, expected: tuple[int, str, str, str]
) -> None:
    """7.1"""
    assert refusal(vendor.get(f"/orders/{number}")) == expected


@pytest.mark.contract("7.1a")
def test_orders_of_another_client_are_not_found(vendor: StandIn) -> None:
    """16.2"""
    order = vendor.order(client_reference="mine").json()
    vendor.log_in("another-sandbox-key", "another-sandbox-secret")

    assert vendor.get(f"/orders/{order['id']}").status_code == 404
    assert vendor.get("/orders", client_reference="mine").json() == []
    assert vendor.get("/transactions", wallet_id=USD).json() == []


@pytest.mark.contract("5.1h", "G13")
def test_an_order_is_priced_anew_whatever_was_quoted(vendor: StandIn) -> None:
    """5.1, 6.4, G13"""
    asked: dict[str, Any] = {"denomination": 20, "quantity": 1, "wallet_id": USD}
    quoted = content(vendor.post(f"/products/{STEAM_DE}/charges", **asked))
    vendor.back_office("POST", "rates", **{"from": "EUR", "to": "USD", "rate": 1.20})
    before = vendor.balance(USD)

    vendor.order(product_id=STEAM_DE, wallet_id=USD)

    assert quoted["total_payable"] == Decimal("20.95")  # 19.40 x 1.08
    assert before - vendor.balance(USD) == Decimal("23.28")  # 19.40 x 1.20


def test_stock_runs_out(vendor: StandIn) -> None:
    """6.5"""
    vendor.back_office("PATCH", f"products/{STEAM_US}", stock=2)

    assert vendor.order(quantity=2).status_code == 201
    expected = (400, "BadRequestError", "BAD_REQUEST", "Product is out of stock")
    assert refusal(vendor.order()) == expected
