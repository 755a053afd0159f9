"""`amount` of an order is what was charged at CardPlusPay and the face value at Octopus Cards.

The same two cards bought at both: here each word means one thing, whoever sold them.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.money import Money
from bot.domain.orders import Order
from bot.services.context import AppContext
from bot.services.decide_request import approve_request
from bot.services.reconcile_purchases import reconcile_purchases
from bot.services.sync_catalogue import sync_catalogue
from bot.vendors.octopus.client import OctopusCards
from tests.support.app_context import opened_context
from tests.support.cardpluspay_orders import LIMITS, STEAM, STEAM_PRICE
from tests.support.cardpluspay_stand_in import StandIn, running
from tests.support.orders import ask, work
from tests.support.people import LEAD
from tests.support.terms import card_selection_by_key

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
async def both(tmp_path: Path, vendor, back_office, account, client, clock) -> AsyncIterator[AppContext]:
    env = vendor["env"]
    octopus = OctopusCards(env["OCTOPUS_BASE_URL"], env["OCTOPUS_API_KEY"], env["OCTOPUS_API_SECRET"])
    ctx = opened_context(tmp_path / "giftcard.sqlite3", clock, octopus, client, limits=LIMITS)
    await sync_catalogue(ctx)
    yield ctx
    await octopus.aclose()
    ctx.store.close()


@pytest.fixture
async def bought(both, clock, back_office, account) -> dict[str, Bought]:
    def in_dollars() -> Decimal:
        return next(Decimal(str(w["amount"])) for w in back_office.wallets() if w["currency"] == "USD")

    before = in_dollars()
    orders = {}
    for vendor_name, product in ("octopus", AT_OCTOPUS), ("cardpluspay", STEAM):
        selection = card_selection_by_key(f"{vendor_name}:{product}", Decimal(20), 2)
        asked = await ask(both, selection=selection, key=vendor_name)
        orders[vendor_name] = await work(both, clock, await approve_request(both, LEAD, asked.id))
    (there,) = back_office.orders()
    return {
        "octopus": Bought(orders["octopus"], dollars(before - in_dollars()), Decimal(str(there["amount"]))),
        "cardpluspay": Bought(
            orders["cardpluspay"], dollars(account.spent()), Decimal(account.only_order()["amount"])
        ),
    }


def dollars(amount: Decimal) -> Money:
    return Money(amount, "USD")


def raw_amount(account: Any, order: Order) -> Any:
    return account.stand_in.read(int(str(order.vendor_order_id)))["amount"]


@pytest.mark.contract("cardpluspay 1.4a", "cardpluspay 2.4b", "6.4b")
async def test_the_vendors_mean_different_things_by_amount(bought, account):
    assert bought["octopus"].amount == FACE_VALUE.amount
    assert bought["cardpluspay"].amount == 2 * STEAM_PRICE
    assert raw_amount(account, bought["cardpluspay"].order) == 2 * STEAM_PRICE != FACE_VALUE.amount


@pytest.mark.contract("cardpluspay 1.4a", "cardpluspay 2.4b")
@pytest.mark.parametrize("vendor_name", ["octopus", "cardpluspay"])
async def test_face_value_charge_and_expected_debit_are_each_their_own(bought, vendor_name):
    order, left = bought[vendor_name].order, bought[vendor_name].left_the_account

    assert order.state is OrderState.DELIVERED
    assert order.face_value == FACE_VALUE
    assert order.charge == order.expected_debit == left
    assert order.charge == order.face_value - order.discount
    assert order.charge.amount < order.face_value.amount
    assert order.expected_net == order.face_value - order.discount
    assert order.problem is None  # charged as quoted


@pytest.mark.contract("cardpluspay 1.4a", "cardpluspay 2.5a", "cardpluspay 2.6a")
@pytest.mark.parametrize("vendor_name", ["octopus", "cardpluspay"])
async def test_what_is_read_later_says_the_charge_or_nothing_and_never_the_face_value(
    both, bought, vendor_name
):
    order = bought[vendor_name].order
    vendor_order = await both.sells(order.terms).fetch(order.vendor_order_id)
    listed = [each async for page in both.vendor(vendor_name).orders() for each in page]

    (mine,) = [each for each in listed if each.vendor_order_id == order.vendor_order_id]
    assert vendor_order.denomination in (0, 20)
    assert mine.denomination in (None, 20)
    for charge in (vendor_order.charge, mine.charge):
        assert charge == (order.charge if vendor_name == "cardpluspay" else None)


@pytest.mark.parametrize("vendor_name", ["octopus", "cardpluspay"])
async def test_the_orders_of_both_are_reconciled(both, bought, vendor_name):
    assert (await reconcile_purchases(both, both.vendor(vendor_name))).findings == ()
