"""`amount` of an order is what was charged at CardPlusPay and the face value at Octopus Cards.

The same two cards bought at both: here each word means one thing, whoever sold them.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.domain.money import Money
from bot.domain.orders import Order, OrderState
from bot.providers.octopus import OctopusCards
from bot.usecases.decide_request import approve_request
from bot.usecases.desk import Desk
from bot.usecases.match_purchases import match_purchases
from bot.usecases.quote_order import Selection
from bot.usecases.sync_catalogue import sync_catalogue
from tests.integration.cardpluspay_purchase.conftest import STEAM, STEAM_PRICE, opened_desk
from tests.integration.cardpluspay_sandbox.stand_in import StandIn, running
from tests.integration.purchase.conftest import LEAD, ask, office, vendor, work

__all__ = ["office", "vendor"]  # fixtures
FACE_VALUE = Money(Decimal("40.00"), "USD")
AT_OCTOPUS = "8101"  # Steam in the United States


@pytest.fixture(scope="module")
def cardpluspay_vendor() -> Iterator[StandIn]:
    """One whose clock nobody moves: the other vendor's does not move along."""
    with running() as stand_in:
        yield stand_in


@dataclass
class Bought:
    """The same two cards, bought at one of them; and what the vendor's own back office says."""

    order: Order
    left_the_account: Money
    amount: Decimal  # as the vendor's API calls it


@pytest.fixture
async def both(tmp_path: Path, vendor, office, account, client, clock) -> AsyncIterator[Desk]:
    env = vendor["env"]
    octopus = OctopusCards(env["OCTOPUS_BASE_URL"], env["OCTOPUS_API_KEY"], env["OCTOPUS_API_SECRET"])
    desk = opened_desk(tmp_path / "giftcard.sqlite3", clock, octopus, client)
    await sync_catalogue(desk)
    yield desk
    await octopus.aclose()
    desk.store.close()


@pytest.fixture
async def bought(both, clock, office, account) -> dict[str, Bought]:
    def in_dollars() -> Decimal:
        return next(Decimal(str(w["amount"])) for w in office.wallets() if w["currency"] == "USD")

    before = in_dollars()
    orders = {}
    for provider, product in ("octopus", AT_OCTOPUS), ("cardpluspay", STEAM):
        selection = Selection(f"{provider}:{product}", Decimal(20), 2)
        asked = await ask(both, selection=selection, key=provider)
        orders[provider] = await work(both, clock, approve_request(both, LEAD, asked.id))
    (there,) = office.orders()
    return {
        "octopus": Bought(orders["octopus"], dollars(before - in_dollars()), Decimal(str(there["amount"]))),
        "cardpluspay": Bought(
            orders["cardpluspay"], dollars(account.spent()), Decimal(account.only_order()["amount"])
        ),
    }


def dollars(amount: Decimal) -> Money:
    return Money(amount, "USD")


def raw_amount(account: Any, order: Order) -> Any:
    return account.stand_in.read(int(str(order.provider_order_id)))["amount"]


@pytest.mark.contract("cardpluspay 1.4a", "cardpluspay 2.4b", "6.4b")
async def test_the_vendors_mean_different_things_by_amount(bought, account):
    assert bought["octopus"].amount == FACE_VALUE.amount
    assert bought["cardpluspay"].amount == 2 * STEAM_PRICE
    assert raw_amount(account, bought["cardpluspay"].order) == 2 * STEAM_PRICE != FACE_VALUE.amount


@pytest.mark.contract("cardpluspay 1.4a", "cardpluspay 2.4b")
@pytest.mark.parametrize("provider", ["octopus", "cardpluspay"])
async def test_face_value_charge_and_expected_debit_are_each_their_own(bought, provider):
    order, left = bought[provider].order, bought[provider].left_the_account

    assert order.state is OrderState.DELIVERED
    assert order.face_value == FACE_VALUE
    assert order.charge == order.expected_debit == left
    assert order.charge == order.face_value - order.discount
    assert order.charge.amount < order.face_value.amount
    assert order.expected_net == order.face_value - order.discount
    assert order.trouble is None  # charged as quoted


@pytest.mark.contract("cardpluspay 1.4a", "cardpluspay 2.5a", "cardpluspay 2.6a")
@pytest.mark.parametrize("provider", ["octopus", "cardpluspay"])
async def test_what_is_read_later_says_the_charge_or_nothing_and_never_the_face_value(both, bought, provider):
    order = bought[provider].order
    receipt = await both.provider(provider).fetch(order.provider_order_id)
    listed = [each async for page in both.provider(provider).orders() for each in page]

    (mine,) = [each for each in listed if each.provider_order_id == order.provider_order_id]
    assert receipt.denomination in (0, 20)
    assert mine.denomination in (None, 20)
    for charge in (receipt.charge, mine.charge):
        assert charge == (order.charge if provider == "cardpluspay" else None)


@pytest.mark.parametrize("provider", ["octopus", "cardpluspay"])
async def test_the_books_of_both_agree(both, bought, provider):
    assert (await match_purchases(both, both.provider(provider))).findings == ()
