"""Whose rows: what belongs to one workspace is not seen from another, what lies at a vendor is."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.domain.lifecycle import OrderState as S
from bot.domain.orders import Order
from store import Keyring, NoSuchOrder, Store, open_read_only
from store.engines.sqlite import sqlite3
from tests.integration.store.conftest import AGENT, KEY, NOON, Clock, new_order, new_quote
from tests.support.disk import rows, run

RequestOrder = Callable[..., Order]


def enter(store: Store, **key_values: str) -> None:
    """As a start does that has met a workspace, or learnt an account's number."""
    with store.transaction():
        for name, value in key_values.items():
            store.key_values.set(name, value)
    store.rescope()


@pytest.fixture
def store(path: Path, clock: Clock) -> Iterator[Store]:
    store = Store.open(path, Keyring([KEY]), clock=clock)
    enter(store, slack_team="T1", octopus_account="4711")
    yield store
    store.close()


def test_rows_say_whose_they_are(store: Store, request_order: RequestOrder, path: Path) -> None:
    order = request_order()
    with store.transaction():
        store.outbox.put(kind="card", order_id=order.id)
        store.quotes.put(new_quote())

    (in_orders,) = rows(path, "SELECT workspace, vendor_account FROM orders")
    (in_quotes,) = rows(path, "SELECT workspace, vendor_account FROM quotes")
    assert in_orders == in_quotes == {"workspace": "T1", "vendor_account": "4711"}
    for table in ("outbox", "audit"):
        assert rows(path, f"SELECT workspace FROM {table}") == [{"workspace": "T1"}]


def test_one_workspace_sees_nothing_of_another(store: Store, request_order: RequestOrder) -> None:
    order = request_order("V1", next_at=NOON)
    with store.transaction():
        store.outbox.put(kind="card", key="card-1")
        quote_id = store.quotes.put(new_quote())

    enter(store, slack_team="T2")

    with pytest.raises(NoSuchOrder):
        store.orders.get(order.id)
    assert store.orders.by_reference(order.client_reference) is None
    assert store.orders.of_requester(AGENT) == []
    assert store.orders.in_states(S) == []
    assert store.orders.due(S, NOON) == []
    assert store.orders.escalations_due(NOON.replace(year=2030)) == []
    assert store.outbox.due(NOON) == []
    assert store.quotes.get(quote_id) is None
    assert request_order("V1") != order  # the same key is free here


def test_a_vendors_account_is_shared(store: Store, request_order: RequestOrder) -> None:
    order = request_order()
    with store.transaction():
        store.orders.update(order, S.OUTCOME_UNKNOWN, vendor_order_id="70001")

    enter(store, slack_team="T2")

    assert store.purchases.in_flight("octopus") is not None
    assert store.purchases.vendor_order_ids("octopus") == {"70001"}
    assert [each.id for each in store.purchases.in_states([S.OUTCOME_UNKNOWN], vendor=None, limit=5)] == [
        order.id
    ]


def test_tools_without_slack_see_the_workspace_of_the_last_start(
    store: Store, request_order: RequestOrder, path: Path
) -> None:
    order = request_order()

    with open_read_only(path) as database:
        assert database.orders.all() == [order]


def test_what_was_there_before_the_first_workspace_was_met_belongs_to_it(path: Path, clock: Clock) -> None:
    store = Store.open(path, Keyring([KEY]), clock=clock)
    with store.transaction():
        order = store.orders.insert(new_order(), S.PENDING_APPROVAL, request_key="V1")

    enter(store, slack_team="T1")
    assert store.orders.get(order.id) == order

    enter(store, slack_team="T2")
    with pytest.raises(NoSuchOrder):
        store.orders.get(order.id)
    store.close()


def test_the_database_keeps_an_order_in_its_workspace(
    store: Store, request_order: RequestOrder, path: Path
) -> None:
    request_order()

    with pytest.raises(sqlite3.IntegrityError, match="keeps its workspace"):
        run(path, "UPDATE orders SET workspace = 'T2'")
