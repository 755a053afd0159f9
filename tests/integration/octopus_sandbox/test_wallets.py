"""Section 12: wallets, transactions, and that they always add up."""

from decimal import Decimal

import pytest

from tests.support.every import assert_every
from tests.support.octopus_stand_in import CHF_POSTPAID, EUR, JPY, STEAM_DE, USD, StandIn, content, refusal


@pytest.mark.contract("12.1a")
def test_wallets_name_their_currency_by_id_and_their_type(vendor: StandIn) -> None:
    """12.1"""
    wallets = content(vendor.get("/wallets"))
    codes = {currency["id"]: currency["currency"] for currency in vendor.get("/currencies").json()}

    assert [list(wallet) for wallet in wallets] == [["id", "currency_id", "amount", "type"]] * len(wallets)
    kinds = {codes[wallet["currency_id"]]: wallet["type"] for wallet in wallets}
    assert kinds == dict.fromkeys(("USD", "EUR", "GBP", "JPY", "CAD"), "PREPAID") | {"CHF": "POSTPAID"}


@pytest.mark.contract("12.2c")
def test_a_debit_names_the_order_in_its_remarks(vendor: StandIn) -> None:
    """12.2"""
    order = vendor.order().json()

    transaction = content(vendor.get("/transactions", wallet_id=USD))[0]

    created_at = transaction.pop("created_at")
    assert created_at.endswith("Z")
    assert transaction == {
        "id": transaction["id"],
        "wallet_id": USD,
        "currency_id": 1,
        "amount": Decimal("19.30"),
        "transaction_type": "DEBIT",
        "status": "COMPLETED",
        "source_currency": None,
        "destination_currency": None,
        "forex_rate": None,
        "conversion_charges": None,
        "remarks": f"USD Wallet debited by amount 19.30 - Order #{order['id']}",
    }


@pytest.mark.contract("12.2d")
def test_the_exchange_is_recorded_with_the_wallet_as_source(vendor: StandIn) -> None:
    """12.2, 9.4"""
    vendor.order(product_id=STEAM_DE, wallet_id=USD)

    transaction = content(vendor.get("/transactions"))[0]

    assert (transaction["source_currency"], transaction["destination_currency"]) == ("USD", "EUR")
    assert (transaction["forex_rate"], transaction["conversion_charges"]) == (Decimal("1.08"), 0)


@pytest.mark.contract("12.2a")
def test_transactions_come_newest_first_by_wallet_and_page(vendor: StandIn) -> None:
    """12.2"""
    for _ in range(3):
        vendor.order()
    vendor.order(product_id=STEAM_DE)

    mine = vendor.get("/transactions", wallet_id=USD, limit=2)

    ids = [transaction["id"] for transaction in mine.json()]
    assert ids == sorted(ids, reverse=True)
    assert mine.headers["X-Total-Count"] == "4"  # three orders and the opening balance
    assert {transaction["wallet_id"] for transaction in mine.json()} == {USD}
    assert vendor.get("/transactions").json()[0]["wallet_id"] == EUR


@pytest.mark.contract("12.2e")
def test_one_transaction_can_be_read_by_its_owner(vendor: StandIn) -> None:
    """12.2"""
    transaction = vendor.get("/transactions").json()[0]
    path = f"/transactions/{transaction['id']}"

    assert vendor.get(path).json() == transaction
    assert refusal(vendor.get("/transactions/x"))[3] == "Invalid transaction ID"
    vendor.log_in("another-sandbox-key", "another-sandbox-secret")
    assert refusal(vendor.get(path)) == (404, "NotFoundError", "NOT_FOUND", "Transaction not found")


@pytest.mark.contract("9.3a")
def test_a_failed_order_is_refunded_exactly_by_a_second_transaction(vendor: StandIn) -> None:
    """9.3: the debit stays as it was, the original rate is used"""
    before = vendor.balance(USD)

    order = vendor.order("fail", product_id=STEAM_DE, wallet_id=USD, quantity=3).json()

    credit, debit = content(vendor.get("/transactions", wallet_id=USD, limit=2))
    assert (order["status"], order["vouchers"]) == ("FAILED", [])
    assert (credit["transaction_type"], debit["transaction_type"]) == ("CREDIT", "DEBIT")
    assert credit["amount"] == debit["amount"]
    amount = f"{credit['amount']:.2f}"
    assert credit["remarks"] == f"USD Wallet credited by amount {amount} - Refund for Order #{order['id']}"
    assert vendor.balance(USD) == before


@pytest.mark.contract("G8")
def test_given_up_vouchers_are_refunded_by_their_share(vendor: StandIn) -> None:
    """8: (amount - discount) x missing / quantity, at the order's rate"""
    vendor.back_office("PATCH", f"products/{STEAM_DE}", discount=4.0)
    before = vendor.balance(USD)
    order = vendor.order("partial; deliver=1", product_id=STEAM_DE, wallet_id=USD, quantity=3).json()
    assert order["status"] == "PARTIALLY_DELIVERED"
    assert before - vendor.balance(USD) == Decimal("62.21")

    vendor.later(5)
    seen = vendor.settled(order["id"], lambda seen: not seen["steps"] and seen["due_at"] is None)

    assert seen["status"] == "PARTIALLY_DELIVERED"
    assert before - vendor.balance(USD) == Decimal("62.21") - Decimal("41.47")  # 57.60 x 2/3 x 1.08


@pytest.mark.contract("G8")
def test_a_share_is_not_refunded_when_switched_off(vendor: StandIn) -> None:
    """G8"""
    vendor.back_office("PATCH", "choices", partial_refund="none")
    order = vendor.order("partial; deliver=1", quantity=3).json()
    vendor.later(5)
    vendor.settled(order["id"], lambda seen: not seen["steps"] and seen["due_at"] is None)

    assert vendor.get("/transactions").json()[0]["transaction_type"] == "DEBIT"


@pytest.mark.contract("6.4b")
def test_a_prepaid_wallet_spends_its_last_cent_and_no_more(vendor: StandIn) -> None:
    """12.1"""
    vendor.back_office("PATCH", f"wallets/{USD}", amount=19.30)

    assert vendor.order().status_code == 201
    assert vendor.balance(USD) == 0
    assert refusal(vendor.order())[2] == "INSUFFICIENT_FUNDS"


@pytest.mark.contract("6.5b", "G5")
@pytest.mark.parametrize("status", [400, 402, 409, 422])
def test_the_status_of_a_lack_of_funds_is_a_switch(vendor: StandIn, status: int) -> None:
    """G5"""
    vendor.back_office("PATCH", "choices", insufficient_funds_status=status)
    vendor.back_office("PATCH", f"wallets/{USD}", amount=1)

    expected = (status, "BadRequestError", "INSUFFICIENT_FUNDS", "Insufficient wallet balance")
    assert refusal(vendor.order()) == expected


@pytest.mark.contract("G16")
def test_a_postpaid_wallet_goes_below_zero_to_its_limit(vendor: StandIn) -> None:
    """G16"""
    vendor.back_office("PATCH", f"wallets/{CHF_POSTPAID}", amount=-4990)

    assert refusal(vendor.order(wallet_id=CHF_POSTPAID))[2] == "INSUFFICIENT_FUNDS"
    assert vendor.order(wallet_id=CHF_POSTPAID, denomination=10).status_code == 201
    assert -5000 <= vendor.balance(CHF_POSTPAID) < -4990


@pytest.mark.contract("12.2b")
def test_every_balance_is_the_sum_of_its_transactions(vendor: StandIn) -> None:
    vendor.order(quantity=3)
    vendor.order("fail")
    vendor.order(product_id=STEAM_DE, wallet_id=JPY)
    vendor.back_office("PATCH", f"wallets/{EUR}", amount=123.45, remarks="Wire 77")

    assert_every(vendor.back_office("GET", "wallets"), lambda wallet: wallet["adds_up"])
    transactions = content(vendor.get("/transactions", limit=1000))
    for wallet in content(vendor.get("/wallets")):
        own = [entry for entry in transactions if entry["wallet_id"] == wallet["id"]]
        signs = {"CREDIT": 1, "DEBIT": -1}
        assert wallet["amount"] == sum(signs[entry["transaction_type"]] * entry["amount"] for entry in own)
