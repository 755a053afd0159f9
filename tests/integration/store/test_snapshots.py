"""What an account looked like before a purchase, and what our own purchases have taken from it since."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.attribution import AccountSnapshot
from bot.domain.audit_actions import AuditAction
from bot.domain.lifecycle import OrderState as S
from bot.domain.money import Money
from bot.domain.orders import Order
from tests.integration.store.conftest import LEAD, NOON, WORKER
from tests.support.order_moves import move_order
from tests.support.repositories import Repositories

COST = Money(Decimal("52.50"), "USD")


@pytest.mark.parametrize(("ending", "spent"), [(S.DELIVERED, [COST]), (S.REFUSED, [])])
def test_what_was_refused_took_nothing_from_the_account_though_it_has_a_number_there(
    store: Repositories, request_order: Callable[..., Order], ending: S, spent: list[Money]
) -> None:
    order = request_order()
    with store.transaction():
        move_order(store, order.id, S.APPROVED, actor=LEAD, action=AuditAction.APPROVED)
        move_order(
            store,
            order.id,
            S.SUBMITTING,
            actor=WORKER,
            action=AuditAction.PURCHASE_INTENDED,
            expected_debit=COST,
            next_at=NOON,
        )
        taken_at = NOON + timedelta(minutes=1)
        store.snapshots.put(
            order.id, AccountSnapshot(frozenset(), Money(Decimal(100), "USD"), COST, taken_at=taken_at)
        )
        move_order(store, order.id, ending, actor=WORKER, action=AuditAction.EXPIRED, vendor_order_id="77")

    vendor = order.terms.vendor
    assert store.snapshots.spent_since(vendor, NOON) == spent
    assert store.snapshots.spent_since(vendor, taken_at) == []
