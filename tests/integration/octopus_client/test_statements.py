"""What happened in a wallet: read from the vendor's transactions, matched to orders by their remarks."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.money import Money
from bot.domain.movements import Direction
from bot.domain.quotes import Terms
from bot.providers.contract import OutcomeUnknown, Purchase, ReceiptStatus
from bot.providers.octopus import OctopusCards
from bot.providers.octopus.statements import order_number
from tests.integration.octopus_client.conftest import StandIn
from tests.integration.octopus_client.rude_vendor import RudeVendor, answers

TRANSACTIONS, CURRENCIES = "GET /api/v1/transactions", "GET /api/v1/currencies"
STEAM_US = Terms("octopus", "8101", Money(Decimal(20), "USD"), 2, "31")
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
def statement(rude: RudeVendor) -> RudeVendor:
    rude.on(CURRENCIES, answers(200, [{"id": 2, "name": "Euro", "currency": "EUR", "precision": 2}]))
    rude.on(TRANSACTIONS, answers(200, [ENTRY]))
    return rude


async def all_movements(client: OctopusCards, wallet_id: str | None = None) -> list[Any]:
    return [movement async for page in client.movements(wallet_id) for movement in page]


@pytest.mark.contract("2.4b", "12.2a")
async def test_a_debit_tells_its_wallet_amount_order_and_time(
    statement: RudeVendor, client: OctopusCards
) -> None:
    [movement] = await all_movements(client, "31")

    assert (movement.direction, movement.amount) == (Direction.DEBIT, Money(Decimal("38.40"), "EUR"))
    assert (movement.movement_id, movement.wallet_id, movement.provider_order_id) == ("9", "31", "70388")
    assert movement.at == datetime(2026, 6, 2, 9, 15, 31, tzinfo=UTC)
    assert movement.counts
    assert statement.asked(TRANSACTIONS)[0].target.endswith("?page=1&limit=500&wallet_id=31")


@pytest.mark.contract("2.6a", "12.2b")
async def test_a_failed_movement_does_not_count_and_an_unknown_kind_has_no_direction(
    statement: RudeVendor, client: OctopusCards
) -> None:
    statement.on(TRANSACTIONS, answers(200, [ENTRY | {"status": "FAILED", "transaction_type": "HOLD"}]))
    [movement] = await all_movements(client)
    assert (movement.counts, movement.direction) == (False, Direction.UNKNOWN)


async def test_an_entry_that_makes_no_sense_does_not_cost_the_page(
    statement: RudeVendor, client: OctopusCards
) -> None:
    odd: list[Any] = ["x", {}, ENTRY | {"amount": -1}, ENTRY | {"created_at": "soon"}]
    statement.on(TRANSACTIONS, answers(200, [*odd, ENTRY | {"currency_id": 99}, ENTRY]))
    assert [movement.movement_id for movement in await all_movements(client)] == ["9"]


async def test_a_statement_without_end_is_an_error(statement: RudeVendor, client: OctopusCards) -> None:
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
async def test_a_purchase_and_its_refund_are_two_movements_of_the_stand_ins_wallet(
    buyer: OctopusCards, stand_in: StandIn
) -> None:
    stand_in.arm("fail", "POST */orders")
    receipt = await buyer.place(Purchase(STEAM_US, "GC-REFUND", None))
    assert receipt.status is ReceiptStatus.FAILED

    movements = [m for m in await all_movements(buyer, "31") if m.provider_order_id]

    assert [m.direction for m in movements] == [Direction.CREDIT, Direction.DEBIT]
    assert {m.provider_order_id for m in movements} == {receipt.provider_order_id}
    assert movements[0].amount == movements[1].amount
