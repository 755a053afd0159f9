"""What happened in a wallet: read from the vendor's transactions, matched to orders by their remarks."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.money import Money
from bot.domain.vendor_orders import Purchase, VendorOrderStatus
from bot.domain.wallet_transactions import Direction
from bot.vendors.contract import OutcomeUnknown
from bot.vendors.octopus.client import OctopusCards
from bot.vendors.octopus.wallet_transactions import order_number
from tests.integration.octopus_client.conftest import StandIn
from tests.support.octopus_scripted_server import ScriptedServer, answers
from tests.support.terms import gift_card_terms

TRANSACTIONS, CURRENCIES = "GET /api/v1/transactions", "GET /api/v1/currencies"
STEAM_US = gift_card_terms("octopus", "8101", Money(Decimal(20), "USD"), 2, "31")
ENTRY = {
    "id": 9,
    "wallet_id": 31,
    "currency_id": 2,
    "amount": 38.4,
    "transaction_type": "DEBIT",
    "status": "COMPLETED",
    "source_currency": None,
    "destination_currency": None,
    "forex_rate": None,
    "conversion_charges": None,
    "remarks": "EUR Wallet debited by amount 38.40 - Order #70388",
    "created_at": "2026-06-02T09:15:31Z",
}


@pytest.fixture
def statement(server: ScriptedServer) -> ScriptedServer:
    server.on(CURRENCIES, answers(200, [{"id": 2, "name": "Euro", "currency": "EUR", "precision": 2}]))
    server.on(TRANSACTIONS, answers(200, [ENTRY]))
    return server


async def all_movements(client: OctopusCards, wallet_id: str | None = None) -> list[Any]:
    return [
        wallet_transaction
        async for page in client.wallet_transactions(wallet_id)
        for wallet_transaction in page
    ]


@pytest.mark.contract("2.4b", "12.2a")
async def test_a_debit_tells_its_wallet_amount_order_and_time(
    statement: ScriptedServer, client: OctopusCards
) -> None:
    [wallet_transaction] = await all_movements(client, "31")

    assert (wallet_transaction.direction, wallet_transaction.amount) == (
        Direction.DEBIT,
        Money(Decimal("38.40"), "EUR"),
    )
    assert (
        wallet_transaction.transaction_id,
        wallet_transaction.wallet_id,
        wallet_transaction.vendor_order_id,
    ) == ("9", "31", "70388")
    assert wallet_transaction.at == datetime(2026, 6, 2, 9, 15, 31, tzinfo=UTC)
    assert wallet_transaction.affects_balance
    assert statement.asked(TRANSACTIONS)[0].target.endswith("?page=1&limit=500&wallet_id=31")


@pytest.mark.contract("2.6a", "12.2b")
async def test_a_failed_transaction_does_not_count_and_an_unknown_kind_has_no_direction(
    statement: ScriptedServer, client: OctopusCards
) -> None:
    statement.on(TRANSACTIONS, answers(200, [ENTRY | {"status": "FAILED", "transaction_type": "HOLD"}]))
    [wallet_transaction] = await all_movements(client)
    assert (wallet_transaction.affects_balance, wallet_transaction.direction) == (False, Direction.UNKNOWN)


async def test_an_entry_that_makes_no_sense_does_not_cost_the_page(
    statement: ScriptedServer, client: OctopusCards
) -> None:
    odd: list[Any] = ["x", {}, ENTRY | {"amount": -1}, ENTRY | {"created_at": "soon"}]
    statement.on(TRANSACTIONS, answers(200, [*odd, ENTRY | {"currency_id": 99}, ENTRY]))
    assert [wallet_transaction.transaction_id for wallet_transaction in await all_movements(client)] == ["9"]


async def test_a_statement_without_end_is_an_error(statement: ScriptedServer, client: OctopusCards) -> None:
    statement.on(TRANSACTIONS, answers(200, [ENTRY], X_Has_More="true"))
    with pytest.raises(OutcomeUnknown, match="no end"):
        await all_movements(client)


@pytest.mark.contract("12.2c")
@pytest.mark.parametrize(
    ("remarks", "number"),
    [
        ("USD Wallet debited by amount 50.00 - Order #12345", "12345"),
        ("USD Wallet credited by amount 50.00 - Refund for order 12345", "12345"),
        ("refund order #7, order #7", "7"),
        ("Order #1 instead of order #2", None),
        ("USD Wallet credited by amount 50.00 - Wire 77", None),
        ("Reorder #5", None),
        ("", None),
    ],
)
def test_the_order_is_the_one_number_the_remarks_name(remarks: str, number: str | None) -> None:
    assert order_number(remarks) == number


@pytest.mark.contract("9.3a")
async def test_a_purchase_and_its_refund_are_two_transactions_of_the_stand_ins_wallet(
    buyer: OctopusCards, stand_in: StandIn
) -> None:
    stand_in.arm("fail", "POST */orders")
    vendor_order = await buyer.gift_cards.place(Purchase(STEAM_US, "GC-REFUND", None))
    assert vendor_order.status is VendorOrderStatus.FAILED

    wallet_transactions = [m for m in await all_movements(buyer, "31") if m.vendor_order_id]

    assert [m.direction for m in wallet_transactions] == [Direction.CREDIT, Direction.DEBIT]
    assert {m.vendor_order_id for m in wallet_transactions} == {vendor_order.vendor_order_id}
    assert wallet_transactions[0].amount == wallet_transactions[1].amount
