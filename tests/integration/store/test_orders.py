"""Orders and approvals on disk."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from bot.domain.audit_actions import AuditAction
from bot.domain.lifecycle import OrderState
from bot.domain.money import Money
from bot.domain.orders import Approval, Order, OrderId
from bot.domain.people import PersonId
from store import (
    AlreadyDecided,
    AlreadyRequested,
    NewOrder,
    NoSuchOrder,
    StaleState,
    StorageFailed,
)
from store.engines.sqlite import sqlite3
from tests.integration.store.conftest import AGENT, KEY, LEAD, NOON, TERMS, WORKER, Clock, new_order
from tests.support.disk import run
from tests.support.order_moves import add_order, move_order
from tests.support.repositories import Repositories

S = OrderState
RequestOrder = Callable[..., Order]
OTHER_LEAD = PersonId("T1", "UOTHER")


def test_a_request_is_on_disk_exactly_as_it_was_made(store: Repositories) -> None:
    draft = new_order()

    with store.transaction():
        order = add_order(store, draft, request_key="V1", actor=AGENT)

    asked = {field.name for field in fields(NewOrder)} - {"state_since"}
    assert {name: getattr(order, name) for name in asked} == {name: getattr(draft, name) for name in asked}
    assert order.state is S.PENDING_APPROVAL
    assert order.state_since == NOON
    assert (order.attempts, order.vendor_order_id, order.problem) == (0, None, None)


def test_a_request_survives_a_restart(store: Repositories, path: Path, request_order: RequestOrder) -> None:
    order = request_order()
    store.close()

    store = Repositories(path, KEY)
    assert store.orders.get(order.id) == order
    store.close()


@pytest.mark.parametrize("amount", ["0.01", "1E+3", "250.00", "99999999.999", "1500"])
def test_amounts_keep_every_digit(request_order: RequestOrder, amount: str) -> None:
    order = request_order(charge=Money(Decimal(amount), "KWD"), balance_after=Money(-Decimal(amount), "KWD"))

    assert order.charge == Money(Decimal(amount), "KWD")
    assert order.balance_after == Money(-Decimal(amount), "KWD")


@pytest.mark.parametrize("amount", ["NaN", "Infinity"])
def test_what_is_no_amount_is_refused(request_order: RequestOrder, amount: str) -> None:
    with pytest.raises(StorageFailed, match="CHECK"):
        request_order(charge=Money(Decimal(amount), "USD"))


def test_a_quantity_of_nothing_is_refused(request_order: RequestOrder) -> None:
    with pytest.raises(StorageFailed, match="units"):
        request_order(terms=replace(TERMS, line=TERMS.line.part(0)))


def test_times_are_stored_in_utc_and_a_time_without_a_zone_is_refused(request_order: RequestOrder) -> None:
    in_berlin = NOON.astimezone(timezone(timedelta(hours=1)))

    order = request_order(requested_at=in_berlin)

    assert order.requested_at == NOON
    assert order.requested_at.tzinfo is UTC
    with pytest.raises(ValueError, match="zone"):
        request_order(requested_at=datetime(2026, 11, 21))  # noqa: DTZ001


def test_the_same_form_submitted_twice_finds_the_first_order(
    store: Repositories, request_order: RequestOrder
) -> None:
    first = request_order("V1")

    with pytest.raises(AlreadyRequested) as again:
        request_order("V1")

    assert again.value.order == first
    assert store.orders.by_request_key("V1") == first
    assert store.orders.of_requester(AGENT) == [first]


def test_a_client_reference_is_never_used_twice(store: Repositories, request_order: RequestOrder) -> None:
    first = request_order()

    with pytest.raises(StorageFailed, match="client_reference"):
        request_order("V2", client_reference=first.client_reference.lower())
    assert store.audit.head()[0] == 1


def test_an_order_is_found_by_its_reference_in_any_case(
    store: Repositories, request_order: RequestOrder
) -> None:
    order = request_order()

    assert store.orders.by_reference(f" {order.client_reference.lower()} ") == order
    assert store.orders.by_reference("GC-000000-XXXXXXXX") is None


def test_an_order_that_does_not_exist_is_named(store: Repositories) -> None:
    with pytest.raises(NoSuchOrder, match="no order 42"):
        store.orders.get(OrderId(42))


def test_somebodys_orders_come_newest_first(store: Repositories, request_order: RequestOrder) -> None:
    mine = [request_order() for _ in range(3)]
    request_order(requester=PersonId("T2", AGENT.user_id))

    assert store.orders.of_requester(AGENT) == mine[::-1]
    assert store.orders.of_requester(AGENT, limit=2) == mine[:0:-1]


def test_orders_in_some_states_come_oldest_first(store: Repositories, request_order: RequestOrder) -> None:
    first, second, third = (request_order() for _ in range(3))
    with store.transaction():
        second = move_order(store, second.id, S.WITHDRAWN, actor=AGENT, action=AuditAction.WITHDRAWN)

    assert store.orders.in_states([S.PENDING_APPROVAL]) == [first, third]
    assert store.orders.in_states([S.PENDING_APPROVAL, S.WITHDRAWN]) == [first, second, third]
    assert store.orders.in_states([S.PENDING_APPROVAL], limit=1) == [first]


def test_due_orders_are_those_whose_time_has_come_longest_overdue_first(
    store: Repositories, request_order: RequestOrder
) -> None:
    late = request_order(next_at=NOON - timedelta(minutes=1))
    later = request_order(next_at=NOON - timedelta(minutes=5))
    now = request_order(next_at=NOON)
    request_order(next_at=NOON + timedelta(microseconds=1))
    request_order(next_at=None)

    assert store.orders.due([S.PENDING_APPROVAL], NOON) == [later, late, now]
    assert store.orders.due([S.PENDING_APPROVAL], NOON, limit=1) == [later]
    assert store.orders.due([S.APPROVED], NOON) == []


def test_an_update_applies_to_the_order_as_the_caller_saw_it(
    store: Repositories, request_order: RequestOrder
) -> None:
    seen = request_order()

    with store.transaction():
        approved = store.orders.update(seen, S.APPROVED, next_at=NOON)
    with pytest.raises(StaleState) as of_another_state, store.transaction():
        store.orders.update(seen, S.WITHDRAWN)
    with store.transaction():
        busier = store.orders.update(approved, S.APPROVED, attempts=3)
        again = store.orders.update(store.orders.update(approved, S.PENDING_APPROVAL), S.APPROVED)
    with pytest.raises(StaleState) as of_another_version, store.transaction():
        store.orders.update(approved, S.SUBMITTING)

    assert (approved.state, approved.next_at) == (S.APPROVED, NOON)
    assert of_another_state.value.order == approved
    assert (busier.version, busier.attempts) == (approved.version, 3)
    assert of_another_version.value.order == again == store.orders.get(seen.id)
    assert store.audit.head()[0] == 1


def test_the_time_in_a_state_begins_when_the_state_changes(
    store: Repositories, clock: Clock, request_order: RequestOrder
) -> None:
    order = request_order()
    later = clock.advance(timedelta(minutes=3))

    with store.transaction():
        same = store.orders.update(order, order.state, attempts=1)
        approved = store.orders.update(same, S.APPROVED)

    assert (same.state_since, approved.state_since) == (NOON, later)


def test_a_move_and_its_audit_row_agree(
    store: Repositories, clock: Clock, request_order: RequestOrder
) -> None:
    order = request_order()
    moved_at = clock.advance(timedelta(minutes=3))

    with store.transaction():
        moved = move_order(
            store,
            order.id,
            S.DECLINED,
            actor=LEAD,
            action=AuditAction.DECLINED,
            details={"reason": "duplicate"},
            next_at=None,
        )

    assert moved == replace(order, state=S.DECLINED, state_since=moved_at, next_at=None, version=1)
    row = list(store.audit.rows(order.id))[-1]
    assert (row.actor, row.action, row.at) == (LEAD, "declined", moved_at)
    assert (row.before, row.after, row.details) == (S.PENDING_APPROVAL, S.DECLINED, '{"reason":"duplicate"}')
    assert (row.order_id, row.client_reference) == (order.id, order.client_reference)


def test_a_move_from_a_state_that_is_over_tells_how_the_order_is_now(
    store: Repositories, request_order: RequestOrder
) -> None:
    order = request_order()
    with store.transaction():
        withdrawn = move_order(store, order.id, S.WITHDRAWN, actor=AGENT, action=AuditAction.WITHDRAWN)

    with pytest.raises(StaleState, match="is withdrawn by now") as stale, store.transaction():
        store.orders.update(order, S.APPROVED)

    assert stale.value.order == withdrawn
    assert store.orders.get(order.id) == withdrawn


def test_a_move_can_change_what_the_vendor_said_but_not_what_was_requested(
    store: Repositories, request_order: RequestOrder
) -> None:
    order = request_order()
    new = {"charge": Money(Decimal("53.10"), "USD"), "fee": None, "forex_rate": Decimal("1.1")}

    with store.transaction():
        move_order(store, order.id, S.APPROVED, actor=LEAD, action=AuditAction.APPROVED)
        action = AuditAction.PRICE_MOVED
        moved = move_order(store, order.id, S.PENDING_APPROVAL, actor=WORKER, action=action, **new)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="reason of an order never changes"):
            store.orders.update(moved, moved.state, reason="another")  # type: ignore[call-arg]

    assert (moved.charge, moved.fee, moved.forex_rate) == (new["charge"], None, Decimal("1.1"))
    assert moved.digest != order.digest


def test_where_its_card_is_disturbs_nobody_who_works_on_an_order(
    store: Repositories, request_order: RequestOrder
) -> None:
    seen = request_order()
    with store.transaction():
        store.orders.set_card(seen.id, "C1/1.2")

    with store.transaction():
        approved = store.orders.update(seen, S.APPROVED)

    assert approved.card_ref == "C1/1.2"


def test_bookkeeping_leaves_the_state_and_the_log_alone(
    store: Repositories, request_order: RequestOrder
) -> None:
    order = request_order()
    changes = {"next_at": NOON, "attempts": 2}

    with store.transaction():
        changed = store.orders.update(order, order.state, **changes)  # type: ignore[arg-type]

    assert changed == replace(order, **changes)  # type: ignore[arg-type]
    assert store.audit.head()[0] == 1


def test_the_database_itself_keeps_orders_and_their_terms(
    store: Repositories, request_order: RequestOrder, path: Path
) -> None:
    order = request_order()

    for statement in (
        "DELETE FROM orders",
        "UPDATE orders SET units = 99",
        "UPDATE orders SET line = '{}'",
        "UPDATE orders SET requester_user = 'U2'",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            run(path, statement)
    assert store.orders.get(order.id) == order


def test_an_approval_counts_for_exactly_the_terms_it_was_given_for(
    store: Repositories, request_order: RequestOrder
) -> None:
    order = request_order()
    approval = Approval(LEAD, approved=True, digest=order.digest, decided_at=NOON)
    decline = Approval(OTHER_LEAD, approved=False, digest=order.digest, decided_at=NOON, reason="too much")

    with store.transaction():
        store.approvals.add(order.id, approval)
        store.approvals.add(order.id, decline)

    assert store.approvals.of_order(order.id) == [approval, decline]
    assert store.approvals.valid(order) == [approval]
    dearer = replace(order, charge=Money(Decimal("52.51"), "USD"))
    assert store.approvals.valid(dearer) == []


def test_a_person_decides_once_on_the_same_terms_and_again_on_new_ones(
    store: Repositories, request_order: RequestOrder
) -> None:
    order = request_order()
    first = Approval(LEAD, approved=True, digest=order.digest, decided_at=NOON)
    with store.transaction():
        store.approvals.add(order.id, first)

    with pytest.raises(AlreadyDecided), store.transaction():
        store.approvals.add(order.id, replace(first, approved=False))
    with store.transaction():
        store.approvals.add(order.id, replace(first, digest="of other terms"))

    assert len(store.approvals.of_order(order.id)) == 2


def test_the_database_itself_refuses_self_approval(store: Repositories, request_order: RequestOrder) -> None:
    order = request_order()

    with pytest.raises(StorageFailed, match="nobody decides their own request"), store.transaction():
        store.approvals.add(order.id, Approval(AGENT, approved=True, digest=order.digest, decided_at=NOON))


@pytest.mark.parametrize("statement", ["DELETE FROM approvals", "UPDATE approvals SET approved = 1"])
def test_the_database_keeps_decisions(
    store: Repositories, request_order: RequestOrder, path: Path, statement: str
) -> None:
    order = request_order()
    with store.transaction():
        store.approvals.add(order.id, Approval(LEAD, approved=False, digest=order.digest, decided_at=NOON))

    with pytest.raises(sqlite3.IntegrityError):
        run(path, statement)
