"""Killed at any moment: what was committed is there, what was not has never been."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order
from bot.kinds.gift_card import Voucher
from store import verify
from tests.integration.store.conftest import KEY
from tests.support.order_moves import move_order
from tests.support.repositories import Repositories

SCRIPT = """
import asyncio
import sys
from pathlib import Path
from bot.domain.audit_actions import AuditAction
from bot.domain.lifecycle import OrderState
from bot.domain.people import Component
from bot.kinds.gift_card import Voucher
from store import Keyring, Store
from tests.support.order_moves import move_order

def reached(place):
    if place == sys.argv[3]:
        print(place, flush=True)
        sys.stdin.read()

def deliver(tx):
    order = tx.orders.by_request_key("V1")
    reached("begun")
    move_order(tx, order.id, OrderState.DELIVERED, actor=Component("placing"), action=AuditAction.DELIVERED)
    reached("moved")
    tx.codes.keep(order.id, [Voucher("6006491234567890", "4711")])
    reached("codes kept")
    tx.outbox.put(kind="delivered", order_id=order.id)
    reached("message written")

asyncio.run(Store.open(Path(sys.argv[1]), Keyring([sys.argv[2]])).write(deliver))
reached("committed")
"""


def kill_at(place: str, path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(path), KEY, place],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == f"{place}\n"
        process.kill()


@pytest.fixture
def placing(store: Repositories, request_order: Callable[..., Order]) -> Order:
    order = request_order("V1")
    for state in (OrderState.APPROVED, OrderState.SUBMITTING):
        with store.transaction():
            order = move_order(store, order.id, state, actor=order.requester)
    store.close()
    return order


@pytest.mark.parametrize("place", ["begun", "moved", "codes kept", "message written"])
def test_a_kill_inside_a_transaction_leaves_nothing_of_it(placing: Order, path: Path, place: str) -> None:
    kill_at(place, path)

    store = Repositories(path, KEY)
    assert store.orders.get(placing.id) == placing
    assert store.codes.count(placing.id) == 0
    assert store.outbox.due(datetime.now(UTC)) == []
    assert [row.after for row in store.audit.rows()] == ["pending_approval", "approved", "submitting"]
    assert verify(path).ok
    store.close()


def test_a_kill_right_after_the_commit_leaves_all_of_it(placing: Order, path: Path) -> None:
    kill_at("committed", path)

    store = Repositories(path, KEY)
    assert store.orders.get(placing.id).state is OrderState.DELIVERED
    assert store.codes.of_order(placing.id) == [Voucher("6006491234567890", "4711")]
    assert len(store.outbox.due(datetime.now(UTC))) == 1
    assert [row.action for row in store.audit.rows()][-1] == "delivered"
    assert verify(path).ok
    store.close()
