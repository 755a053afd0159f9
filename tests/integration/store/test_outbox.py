"""Messages wait on disk until they are sent, in order, once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.orders import Order
from store import SecretInPlainText
from tests.integration.store.conftest import AGENT, NOON, Clock
from tests.support.repositories import Repositories

RequestOrder = Callable[..., Order]


def test_a_message_is_due_at_once_exactly_as_it_was_put(
    store: Repositories, request_order: RequestOrder
) -> None:
    order = request_order()
    with store.transaction():
        row_id = store.outbox.put(
            kind="notification",
            person=AGENT,
            order_id=order.id,
            payload={"event": "approved", "by": ["T1/ULEAD"]},
            key="notice-1",
            expires_at=NOON + timedelta(minutes=1),
        )

    (row,) = store.outbox.due(NOON)
    assert (row.id, row.kind, row.person, row.order_id) == (
        row_id,
        "notification",
        AGENT,
        order.id,
    )
    assert row.payload == {"event": "approved", "by": ["T1/ULEAD"]}
    assert (row.key, row.attempts, row.created_at, row.next_at) == ("notice-1", 0, NOON, NOON)
    assert row.expires_at == NOON + timedelta(minutes=1)


def test_the_same_key_twice_is_one_message(store: Repositories) -> None:
    with store.transaction():
        first = store.outbox.put(kind="card", payload={"n": 1}, key="card-1")
        second = store.outbox.put(kind="card", payload={"n": 2}, key="card-1")

    assert first == second
    assert [row.payload for row in store.outbox.due(NOON)] == [{"n": 1}]


def test_the_same_key_again_after_it_was_sent_sends_nothing(store: Repositories) -> None:
    with store.transaction():
        row_id = store.outbox.put(kind="card", key="card-1")
        store.outbox.sent(row_id, {"ts": "1.2"})
        store.outbox.put(kind="card", key="card-1")

    assert store.outbox.due(NOON) == []


def test_what_was_sent_or_given_up_is_never_due_again(store: Repositories) -> None:
    with store.transaction():
        sent, given_up, pending = (store.outbox.put(kind="card") for _ in range(3))
        store.outbox.sent(sent, {"channel": "C1", "ts": "1.2"})
        store.outbox.given_up(given_up, "channel_not_found")

    assert [row.id for row in store.outbox.due(NOON + timedelta(days=1))] == [pending]


def test_a_failed_message_is_due_again_at_the_given_time(store: Repositories) -> None:
    later = NOON + timedelta(seconds=30)
    with store.transaction():
        row_id = store.outbox.put(kind="card")
        store.outbox.failed(row_id, "ratelimited", later)

    assert store.outbox.due(later - timedelta(microseconds=1)) == []
    (row,) = store.outbox.due(later)
    assert (row.id, row.attempts) == (row_id, 1)


def test_messages_about_one_order_stay_in_order_at_one_place(
    store: Repositories, request_order: RequestOrder
) -> None:
    order, other = request_order(), request_order()
    with store.transaction():
        first = store.outbox.put(kind="card", order_id=order.id)
        second = store.outbox.put(kind="update", order_id=order.id)
        elsewhere = store.outbox.put(kind="notification", person=AGENT, order_id=order.id)
        another = store.outbox.put(kind="card", order_id=other.id)
        store.outbox.failed(first, "timeout", NOON + timedelta(minutes=5))
    assert [row.id for row in store.outbox.due(NOON)] == [elsewhere, another]

    with store.transaction():
        store.outbox.sent(first, {})
    assert [row.id for row in store.outbox.due(NOON)] == [second, elsewhere, another]


@pytest.mark.parametrize("ending", ["given_up", "sent"])
def test_a_message_that_will_never_be_sent_holds_nobody_up(
    store: Repositories, request_order: RequestOrder, ending: str
) -> None:
    order = request_order()
    with store.transaction():
        first = store.outbox.put(kind="card", order_id=order.id)
        second = store.outbox.put(kind="update", order_id=order.id)
        if ending == "given_up":
            store.outbox.given_up(first, "channel_not_found")
        else:
            store.outbox.sent(first)

    assert [row.id for row in store.outbox.due(NOON)] == [second]


def test_messages_that_belong_to_no_order_do_not_wait_for_each_other(store: Repositories) -> None:
    with store.transaction():
        first = store.outbox.put(kind="approver_alert")
        second = store.outbox.put(kind="approver_alert")
        store.outbox.failed(first, "timeout", NOON + timedelta(minutes=5))

    assert [row.id for row in store.outbox.due(NOON)] == [second]


def test_what_is_too_late_is_still_due_so_that_giving_it_up_is_on_record(
    store: Repositories, clock: Clock
) -> None:
    with store.transaction():
        row_id = store.outbox.put(kind="codes", person=AGENT, expires_at=NOON + timedelta(minutes=1))

    now = clock.advance(timedelta(minutes=2))
    (row,) = store.outbox.due(now)
    assert row.expires_at is not None
    assert row.expires_at < now
    with store.transaction():
        store.outbox.given_up(row_id, "too late to be of use")
    assert store.outbox.due(NOON + timedelta(days=1)) == []


def test_only_so_many_are_taken_at_a_time_longest_overdue_first(store: Repositories, clock: Clock) -> None:
    ids = []
    for _ in range(3):
        with store.transaction():
            ids.append(store.outbox.put(kind="card"))
        clock.advance(timedelta(seconds=1))
    with store.transaction():
        store.outbox.failed(ids[0], "timeout", NOON + timedelta(seconds=5))

    assert [row.id for row in store.outbox.due(NOON + timedelta(minutes=1), limit=2)] == [ids[1], ids[2]]


def test_a_secret_cannot_wait_in_a_message(store: Repositories) -> None:
    with pytest.raises(SecretInPlainText), store.transaction():
        store.outbox.put(kind="codes", payload={"cards": [{"pin_code": "4711"}]})
    with pytest.raises(SecretInPlainText), store.transaction():
        store.outbox.sent(store.outbox.put(kind="codes"), {"claim_url": "https://claim.example.com/4711"})
    assert store.outbox.due(NOON + timedelta(days=1)) == []
