"""Work is claimed: no two workers have the same row at once, and who comes too late writes nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.events import Subject, VendorEvent
from bot.domain.lifecycle import OrderState as S
from bot.domain.orders import Order
from store import Keyring, LeaseLost, RefundWatchOutcome, StaleState, Store
from store.engines.sqlite import SqliteEngine
from tests.integration.store.conftest import AGENT, KEY, NOON, Clock
from tests.support.repositories import Repositories

RequestOrder = Callable[..., Order]
MINUTE = timedelta(minutes=1)
EVENT = VendorEvent("octopus", "evt_1", "order.delivered", Subject.ORDER, b"{}", "70001")


def claim(store: Repositories, owner: str, clock: Clock, limit: int = 10) -> list[Order]:
    with store.transaction():
        return store.orders.claim(owner, clock(), MINUTE, limit, states=[S.PENDING_APPROVAL, S.APPROVED])


@pytest.fixture
def due(request_order: RequestOrder) -> Order:
    return request_order(next_at=NOON)


def test_two_workers_never_have_the_same_order(
    store: Repositories, clock: Clock, request_order: RequestOrder
) -> None:
    orders = [request_order(next_at=NOON - n * MINUTE) for n in range(5)]

    one, two = claim(store, "one", clock, limit=2), claim(store, "two", clock)

    assert [one, two] == [[orders[4], orders[3]], [orders[2], orders[1], orders[0]]]
    assert claim(store, "one", clock) == []
    assert store.orders.due([S.PENDING_APPROVAL], clock()) == []


def test_a_released_order_can_be_claimed_at_once(store: Repositories, clock: Clock, due: Order) -> None:
    (claimed,) = claim(store, "one", clock)

    with store.transaction():
        store.orders.release(claimed)

    assert claim(store, "two", clock) == [due]


def test_an_order_whose_worker_is_gone_can_be_claimed_when_its_lease_runs_out(
    store: Repositories, clock: Clock, due: Order
) -> None:
    claim(store, "one", clock)
    clock.advance(MINUTE - timedelta(microseconds=1))
    assert claim(store, "two", clock) == []

    clock.advance(timedelta(microseconds=1))

    assert claim(store, "two", clock) == [due]


def test_a_renewed_lease_runs_on(store: Repositories, clock: Clock, due: Order) -> None:
    (claimed,) = claim(store, "one", clock)
    now = clock.advance(MINUTE / 2)
    with store.transaction():
        assert store.orders.renew(claimed, now + MINUTE)

    clock.advance(MINUTE / 2)
    assert claim(store, "two", clock) == []


def test_who_lost_an_order_to_another_worker_changes_nothing_of_it(
    store: Repositories, clock: Clock, due: Order
) -> None:
    (late,) = claim(store, "one", clock)
    clock.advance(MINUTE)
    (held,) = claim(store, "two", clock)

    with pytest.raises(StaleState) as refused, store.transaction():
        store.orders.update(late, S.APPROVED)
    with store.transaction():
        assert not store.orders.renew(late, clock() + MINUTE)
        store.orders.release(late)
        approved = store.orders.update(held, S.APPROVED)
        store.orders.update(approved, S.APPROVED, attempts=1)  # still under the same claim

    assert refused.value.order == due
    assert claim(store, "three", clock) == []  # the release of the late one released nothing


def test_people_move_an_order_that_a_worker_is_looking_at(
    store: Repositories, clock: Clock, due: Order
) -> None:
    (claimed,) = claim(store, "one", clock)

    with store.transaction():
        withdrawn = store.orders.update(store.orders.get(due.id), S.WITHDRAWN)

    assert withdrawn.state is S.WITHDRAWN
    with pytest.raises(StaleState), store.transaction():
        store.orders.update(claimed, S.EXPIRED)


def test_what_others_note_meanwhile_does_not_stop_a_worker(
    store: Repositories, clock: Clock, due: Order
) -> None:
    (claimed,) = claim(store, "one", clock)
    with store.transaction():
        store.orders.update(store.orders.get(due.id), due.state, escalations=1)

    with store.transaction():
        approved = store.orders.update(claimed, S.APPROVED)

    assert (approved.state, approved.escalations) == (S.APPROVED, 1)


def test_a_message_is_sent_by_one_worker_and_a_late_one_changes_nothing(
    store: Repositories, clock: Clock
) -> None:
    with store.transaction():
        store.outbox.put(kind="card")
        (late,) = store.outbox.claim("one", clock(), MINUTE, 10)
        assert store.outbox.claim("two", clock(), MINUTE, 10) == []
    now = clock.advance(MINUTE)
    with store.transaction():
        (held,) = store.outbox.claim("two", now, MINUTE, 10)

    for write in (
        lambda: store.outbox.sent(late.id, {}, fence=late.fence),
        lambda: store.outbox.failed(late.id, "timeout", now, fence=late.fence),
        lambda: store.outbox.given_up(late.id, "too late", fence=late.fence),
    ):
        with pytest.raises(LeaseLost), store.transaction():
            write()
    with store.transaction():
        store.outbox.sent(held.id, {}, fence=held.fence)
        store.outbox.release(held)

    assert store.outbox.due(now + MINUTE) == []


def test_a_message_waits_while_an_earlier_one_about_its_order_is_being_sent(
    store: Repositories, clock: Clock, due: Order
) -> None:
    with store.transaction():
        first, second = (
            store.outbox.put(kind=kind, person=AGENT, order_id=due.id) for kind in ("card", "update")
        )
        (sending,) = store.outbox.claim("one", clock(), MINUTE, 10)
        assert store.outbox.claim("two", clock(), MINUTE, 10) == []
        store.outbox.sent(first, {}, fence=sending.fence)
        (next_one,) = store.outbox.claim("two", clock(), MINUTE, 10)

    assert (sending.id, next_one.id) == (first, second)


def test_a_vendors_events_are_acted_on_one_after_the_other(store: Repositories, clock: Clock) -> None:
    second = replace(EVENT, event_id="evt_2")
    with store.transaction():
        store.events.add(EVENT)
        store.events.add(second)
        (first,) = store.events.claim("one", clock(), MINUTE, vendor="octopus")
        assert store.events.due("octopus", clock()) == []
        assert store.events.claim("two", clock(), MINUTE, vendor="octopus") == []
        store.events.handled(first)

    assert first == EVENT
    assert store.events.due("octopus", clock()) == [second]


def test_a_late_worker_does_not_call_an_event_handled(store: Repositories, clock: Clock) -> None:
    with store.transaction():
        store.events.add(EVENT)
        (late,) = store.events.claim("one", clock(), MINUTE, vendor="octopus")
    now = clock.advance(MINUTE)
    with store.transaction():
        (held,) = store.events.claim("two", now, MINUTE, vendor="octopus")

    with pytest.raises(LeaseLost), store.transaction():
        store.events.handled(late)
    with store.transaction():
        store.events.handled(held)


def test_a_refund_is_looked_for_by_one_worker(store: Repositories, clock: Clock, due: Order) -> None:
    with store.transaction():
        store.refunds.watch(due.id, clock())
        (late,) = store.refunds.claim("one", clock(), MINUTE, 10, vendor="octopus")
        assert store.refunds.claim("two", clock(), MINUTE, 10, vendor="octopus") == []
    now = clock.advance(MINUTE)
    with store.transaction():
        assert store.refunds.claim("two", now, MINUTE, 10, vendor="octopus") == [late]

    with pytest.raises(LeaseLost), store.transaction():
        store.refunds.end(due.id, RefundWatchOutcome.FOUND, fence=late.fence)
    with pytest.raises(LeaseLost), store.transaction():
        store.refunds.reschedule(due.id, now, fence=late.fence)


def test_a_process_that_owns_the_database_takes_over_what_a_dead_one_had_claimed(
    store: Repositories, clock: Clock, due: Order, path: Path
) -> None:
    (before,) = claim(store, "one", clock)
    store.close()

    Store.open(path, Keyring([KEY]), clock=clock).close()

    revived = Repositories(path, KEY, clock=clock)
    (claimed,) = claim(revived, "two", clock)
    assert claimed == due
    with pytest.raises(StaleState), revived.transaction():
        revived.orders.update(before, S.APPROVED)
    revived.close()


def test_reading_beside_the_owner_releases_nothing(
    store: Repositories, clock: Clock, due: Order, path: Path
) -> None:
    claim(store, "one", clock)

    Store.open(path, Keyring([KEY]), read_only=True, clock=clock).close()
    SqliteEngine.read(path).close()

    assert claim(store, "two", clock) == []
