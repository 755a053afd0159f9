"""Vendor events once each, refunds that are looked for until an end, and balances as they were last read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.domain.catalogue import Wallet
from bot.domain.events import Subject, VendorEvent
from bot.domain.money import Money
from bot.domain.orders import Order
from bot.domain.wallet_transactions import Refund
from store import RefundWatchOutcome
from store.engines.sqlite import sqlite3
from tests.integration.store.conftest import NOON, Clock
from tests.support.disk import run
from tests.support.repositories import Repositories

RequestOrder = Callable[..., Order]

EVENT = VendorEvent("octopus", "evt_1", "order.delivered", Subject.ORDER, b'{"id": 1}', "70001", "GC-1")
REFUND = Refund("900", Money(Decimal("38.40"), "EUR"), NOON)


def add(store: Repositories, *events: VendorEvent) -> list[bool]:
    with store.transaction():
        return [store.events.add(event) for event in events]


def test_an_event_is_kept_once_for_each_vendor(store: Repositories) -> None:
    other = replace(EVENT, vendor="cardpluspay")
    assert add(store, EVENT, EVENT, other, EVENT) == [True, False, True, False]
    assert store.events.unhandled() == [EVENT, other]


def test_unhandled_events_come_oldest_first_by_vendor_and_subject(store: Repositories) -> None:
    credit = replace(EVENT, event_id="evt_2", subject=Subject.WALLET, kind="wallet.credited", wallet_id="31")
    add(store, EVENT, credit)

    assert store.events.unhandled("octopus", Subject.WALLET) == [credit]
    with store.transaction():
        store.events.handled(EVENT)
    assert store.events.unhandled() == [credit]


def test_only_old_events_that_were_acted_on_are_forgotten(store: Repositories, clock: Clock) -> None:
    waiting = replace(EVENT, event_id="evt_2")
    add(store, EVENT, waiting)
    with store.transaction():
        store.events.handled(EVENT)
        assert store.events.prune(NOON) == 0
        assert store.events.prune(NOON + timedelta(days=1)) == 1
    assert store.events.unhandled() == [waiting]


def test_an_event_finds_its_order_by_number_before_reference(
    store: Repositories, request_order: RequestOrder
) -> None:
    first, second = request_order(), request_order()
    with store.transaction():
        store.orders.update(first, first.state, vendor_order_id="70001")

    def order_of(number: str | None, reference: str | None) -> int | None:
        about = replace(EVENT, vendor_order_id=number, client_reference=reference)
        return store.events.order_id_of(about)

    assert order_of("70001", second.client_reference) == first.id
    assert order_of("70002", second.client_reference.lower()) == second.id
    assert order_of("70002", "GC-NOBODY") is None
    assert order_of(None, None) is None


def test_a_refund_is_looked_for_until_it_has_an_end(store: Repositories, request_order: RequestOrder) -> None:
    order = request_order()
    with store.transaction():
        store.refunds.watch(order.id, NOON)
        store.refunds.reschedule(order.id, NOON + timedelta(hours=1))
    assert store.refunds.due(NOON) == []
    assert [watch.order_id for watch in store.refunds.due(NOON + timedelta(hours=1))] == [order.id]

    with store.transaction():
        store.refunds.end(order.id, RefundWatchOutcome.MISSING)
        store.refunds.reschedule(order.id, NOON)
    watch = store.refunds.get_watch(order.id)
    assert watch is not None
    assert (watch.end, watch.next_at, store.refunds.due(NOON)) == (RefundWatchOutcome.MISSING, None, [])


def test_money_in_a_wallet_brings_forward_what_it_may_be_for(
    store: Repositories, request_order: RequestOrder
) -> None:
    order = request_order()
    with store.transaction():
        store.refunds.watch(order.id, NOON + timedelta(hours=1))
        assert store.refunds.reschedule_wallet("octopus", "another", NOON) == 0
        assert store.refunds.reschedule_wallet("octopus", order.terms.wallet_id, NOON) == 1
    assert store.refunds.due(NOON)


def test_a_refund_is_kept_once_and_for_ever(
    store: Repositories, request_order: RequestOrder, path: Path
) -> None:
    order = request_order()
    with store.transaction():
        assert store.refunds.add(order.id, "octopus", [REFUND]) == [REFUND]
        assert store.refunds.add(order.id, "octopus", [REFUND]) == []
    assert store.refunds.of_order(order.id) == [REFUND]

    with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
        run(path, "DELETE FROM refunds")


def test_balances_are_those_of_the_last_reading_in_the_vendors_order(store: Repositories) -> None:
    dollars = Wallet("octopus", "32", Money(Decimal("100.00"), "USD"), "PREPAID")
    yen = Wallet("octopus", "31", Money(Decimal("1500"), "JPY"), "POSTPAID")
    for wallets, read_at in (([yen], NOON), ([dollars, yen], NOON + timedelta(hours=1))):
        with store.transaction():
            store.balances.put("octopus", wallets, read_at)

    assert store.balances.of("octopus") == [(wallet, NOON + timedelta(hours=1)) for wallet in (dollars, yen)]
    assert store.balances.of("cardpluspay") == []
