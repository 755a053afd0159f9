"""What an account looked like before a purchase, and what our own purchases have taken from it since."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.money import Money
from bot.domain.orders import Order
from bot.domain.orders import OrderState as S
from bot.domain.recognition import Snapshot
from store import Store
from tests.integration.store.conftest import LEAD, NOON, WORKER

COST = Money(Decimal("52.50"), "USD")


@pytest.mark.parametrize(("ending", "spent"), [(S.DELIVERED, [COST]), (S.REFUSED, [])])
def test_what_was_refused_took_nothing_from_the_account_though_it_has_a_number_there(
    store: Store, request_order: Callable[..., Order], ending: S, spent: list[Money]
) -> None:
    order = request_order()
    with store.transaction():
        store.orders.move(order.id, S.APPROVED, actor=LEAD, action="approved")
        store.orders.move(
            order.id, S.PLACING, actor=WORKER, action="purchase_intended", expected_debit=COST, next_at=NOON
        )
        taken_at = NOON + timedelta(minutes=1)
        store.snapshots.put(
            order.id, Snapshot(frozenset(), Money(Decimal(100), "USD"), COST, taken_at=taken_at)
        )
        store.orders.move(order.id, ending, actor=WORKER, action="ended", provider_order_id="77")

    provider = order.terms.provider
    assert store.snapshots.spent_since(provider, NOON) == spent
    assert store.snapshots.spent_since(provider, taken_at) == []
