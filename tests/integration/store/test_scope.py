"""Whose rows: what belongs to one workspace is not seen from another, what lies at a vendor is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.audit_actions import AuditAction
from bot.domain.lifecycle import OrderState as S
from bot.domain.orders import Order
from store import Keyring, NoSuchOrder, Store, Transaction, open_read_only
from store.engines.sqlite import sqlite3
from tests.integration.store.conftest import AGENT, KEY, NOON, Clock, new_order, new_quote
from tests.support.at_once import saved, write
from tests.support.disk import rows, run


def enter(store: Store, workspace: str, **accounts: str) -> None:
    """As a start does that has met a workspace, or learnt an account's number."""

    def note(tx: Transaction) -> None:
        for name, value in {"slack_team": workspace, **accounts}.items():
            tx.key_values.set(name, value)

    write(store, note)
    store.rescope()


def request(store: Store, request_key: str = "V1") -> Order:
    draft = new_order(next_at=NOON)
    return write(store, lambda tx: tx.orders.insert(draft, S.PENDING_APPROVAL, request_key=request_key))


@pytest.fixture
def store(path: Path, clock: Clock) -> Iterator[Store]:
    store = Store.open(path, Keyring([KEY]), clock=clock)
    enter(store, "T1", octopus_account="4711")
    yield store
    store.close()


def test_rows_say_whose_they_are(store: Store, path: Path) -> None:
    order = request(store)
    write(store, lambda tx: tx.outbox.put(kind="card", order_id=order.id))
    write(store, lambda tx: tx.quotes.put(new_quote()))
    write(store, lambda tx: tx.audit.write(actor=AGENT, action=AuditAction.REQUESTED, order=order))

    (in_orders,) = rows(path, "SELECT workspace, vendor_account FROM orders")
    (in_quotes,) = rows(path, "SELECT workspace, vendor_account FROM quotes")
    assert in_orders == in_quotes == {"workspace": "T1", "vendor_account": "4711"}
    for table in ("outbox", "audit"):
        assert rows(path, f"SELECT workspace FROM {table}") == [{"workspace": "T1"}]


def test_one_workspace_sees_nothing_of_another(store: Store) -> None:
    order = request(store)
    write(store, lambda tx: tx.outbox.put(kind="card", key="card-1"))
    quote_id = write(store, lambda tx: tx.quotes.put(new_quote()))

    enter(store, "T2")

    there = saved(store)
    with pytest.raises(NoSuchOrder):
        there.orders.get(order.id)
    assert there.orders.by_reference(order.client_reference) is None
    assert there.orders.of_requester(AGENT) == []
    assert there.orders.in_states(S) == there.orders.due(S, NOON) == there.orders.all() == []
    assert there.orders.escalations_due(NOON.replace(year=2030)) == []
    assert there.outbox.due(NOON) == []
    assert there.quotes.get(quote_id) is None
    assert request(store) != order  # the same key is free here


def test_a_vendors_account_is_shared(store: Store) -> None:
    order = request(store)
    write(store, lambda tx: tx.orders.update(order, S.OUTCOME_UNKNOWN, vendor_order_id="70001"))

    enter(store, "T2")

    purchases = saved(store).purchases
    assert purchases.in_flight("octopus") is not None
    assert purchases.vendor_order_ids("octopus") == {"70001"}
    (waiting,) = purchases.in_states([S.OUTCOME_UNKNOWN], vendor=None, limit=5)
    assert waiting.id == order.id


def test_tools_without_slack_see_the_workspace_of_the_last_start(store: Store, path: Path) -> None:
    order = request(store)

    with open_read_only(path) as database:
        assert database.orders.all() == [order]


def test_what_was_there_before_the_first_workspace_was_met_belongs_to_it(path: Path, clock: Clock) -> None:
    store = Store.open(path, Keyring([KEY]), clock=clock)
    order = request(store)

    enter(store, "T1")
    assert saved(store).orders.get(order.id) == order

    enter(store, "T2")
    with pytest.raises(NoSuchOrder):
        saved(store).orders.get(order.id)
    store.close()


def test_the_database_keeps_an_order_in_its_workspace(store: Store, path: Path) -> None:
    request(store)

    with pytest.raises(sqlite3.IntegrityError, match="keeps its workspace"):
        run(path, "UPDATE orders SET workspace = 'T2'")
