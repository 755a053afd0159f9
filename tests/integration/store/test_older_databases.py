"""A database of an earlier version, brought up to date with everything that was in it."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlite_utils

from bot.domain.lifecycle import OrderState
from store import Keyring, StorageFailed, Store
from store.columns import to_timestamp
from store.engine import sqlite3 as engine
from store.migrations import migrations
from tests.integration.store.conftest import AGENT, KEY, LEAD, NOON, WORKER

_ORDER = """
    INSERT INTO orders (client_reference, request_key, state, requester_team, requester_user, vendor,
        product_id, denomination_amount, denomination_currency, quantity, wallet_id, product_name, country,
        discount_amount, discount_currency, charge_amount, charge_currency, balance_after_amount,
        balance_after_currency, reason, requested_at, state_since)
    VALUES ('GC-261120-OLDORDER', 'key', 'unsettled', ?, ?, 'octopus', '8101', '25.00', 'EUR', 2, 'W1',
        'Nimbus', 'DEU', '2.00', 'EUR', '52.50', 'USD', '947.50', 'USD', 'why', '2026-11-20T09:00:00.000000Z',
        '2026-11-20T09:00:00.000000Z')
"""
_APPROVAL = """
    INSERT INTO approvals (order_id, digest, approver_team, approver_user, approved, decided_at)
    VALUES (1, 'digest', ?, ?, 1, '2026-11-20T09:00:00.000000Z')
"""


@pytest.fixture
def older(path: Path) -> Path:
    """As the version before alarms left it, with an order whose outcome is unknown."""
    path.parent.mkdir()
    connection = engine.connect(str(path), isolation_level=None)
    database = sqlite_utils.Database(connection, execute_plugins=False)
    migrations.apply(database, stop_before="m005_alarms_and_resolutions")
    database.execute(_ORDER, [AGENT.team_id, AGENT.user_id])
    database.execute(_APPROVAL, [LEAD.team_id, LEAD.user_id])
    database.close()
    return path


def test_an_older_order_can_be_closed_by_people_and_is_shouted_about(older: Path) -> None:
    store = Store.open(older, Keyring([KEY]))
    (order,) = store.orders.in_states([OrderState.OUTCOME_UNKNOWN])

    assert order.escalate_at is not None
    assert [approval.approver for approval in store.approvals.of_order(order.id)] == [LEAD]
    with store.transaction():
        closed = store.orders.move(order.id, OrderState.NOT_BOUGHT, actor=WORKER, action="resolved")
    assert (closed.state, closed.escalate_at) == (OrderState.NOT_BOUGHT, None)
    store.close()


def test_what_guarded_the_older_tables_guards_them_still(older: Path) -> None:
    store = Store.open(older, Keyring([KEY]))
    for statement, refusal in (
        ("DELETE FROM orders", "never deleted"),
        ("UPDATE orders SET quantity = 9", "never changed"),
        ("UPDATE orders SET state = 'bought'", "CHECK"),
        ("DELETE FROM approvals", "never deleted"),
        (
            "INSERT INTO approvals (order_id, digest, approver_team, approver_user, approved, decided_at)"
            f" VALUES (1, 'd', '{AGENT.team_id}', '{AGENT.user_id}', 1, 'now')",
            "own request",
        ),
        (
            "INSERT INTO resolutions (order_id, outcome, note, proposer_team, proposer_user, proposed_at)"
            f" VALUES (1, 'not_bought', 'n', '{AGENT.team_id}', '{AGENT.user_id}', 'now')",
            "own request",
        ),
        (
            "INSERT INTO outbox (kind, order_id, payload, created_at, next_at)"
            " VALUES ('card', 99, '{}', '', '')",
            "FOREIGN KEY",
        ),
    ):
        with pytest.raises(StorageFailed, match=refusal), store.transaction():
            store._db.write(statement)
    store.close()


def test_an_older_file_ends_up_with_the_same_tables_as_a_new_one(older: Path, tmp_path: Path) -> None:
    Store.open(older, Keyring([KEY])).close()
    new = tmp_path / "new.db"
    Store.open(new, Keyring([KEY])).close()

    def schema(path: Path) -> list[str]:
        with closing(sqlite3.connect(path)) as connection:
            return [row[0] for row in connection.execute("SELECT sql FROM sqlite_master ORDER BY type, name")]

    assert schema(older) == schema(new)
    with closing(sqlite3.connect(older)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize("state", ["failed", "cancelled", "partly_delivered"])
def test_the_refund_of_an_older_order_is_looked_for(older: Path, state: str) -> None:
    with closing(sqlite3.connect(older)) as connection, connection:
        connection.execute("UPDATE orders SET state = ?", [state])

    store = Store.open(older, Keyring([KEY]))

    assert [watch.order_id for watch in store.refunds.due(NOON)] == [1]
    store.close()


def test_names_of_countries_are_kept(older: Path) -> None:
    with closing(sqlite3.connect(older)) as connection, connection:
        connection.execute("INSERT INTO countries VALUES ('DEU', 'Germany')")
        connection.execute("UPDATE orders SET state = 'delivered'")

    store = Store.open(older, Keyring([KEY]))

    assert store._db.rows("SELECT * FROM names") == [{"kind": "country", "code": "DEU", "name": "Germany"}]
    assert store.refunds.due(NOON) == []
    store.close()


def test_products_of_an_older_file_are_found_and_can_change(older: Path) -> None:
    with closing(sqlite3.connect(older)) as connection, connection:
        connection.execute("""
            INSERT INTO products (key, vendor, product_id, name, sort_name, category, country, currency,
                face_values, discounts)
            VALUES ('octopus:1', 'octopus', '1', 'Nimbus', 'nimbus', 'Food', 'DEU', 'EUR',
                '[["25","25"]]', '["4"]')
        """)
        connection.execute("INSERT INTO key_values VALUES ('catalogue_synced_at', ?)", [to_timestamp(NOON)])

    store = Store.open(older, Keyring([KEY]))
    assert store.catalogue.synced_at("octopus") == NOON
    assert store.catalogue.synced_at("another") is None
    (found,) = store.catalogue.search("nimbus 25").products
    with store.transaction():
        store.catalogue.put([replace(found, name="Cumulus")], store.catalogue.begin_sync("octopus"))

    assert [product.name for product in store.catalogue.search("cumulus").products] == ["Cumulus"]
    store.close()
