"""Sends what the outbox holds. Sending twice is harmless: no persistent message has a code in it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import structlog

from bot.domain.cadence import retry_gap
from bot.usecases.deliveries import Hopeless, Later
from bot.usecases.desk import Desk
from bot.usecases.notices import Kind
from bot.usecases.reveal_codes import Showing, give_up_showing, record_reveal
from bot.usecases.until_on_disk import until_on_disk
from bot.workers.due import DueWorker
from store import OutboxRow

log = structlog.get_logger(__name__)
_GIVE_UP_AFTER = timedelta(days=2)

Deliver = Callable[[OutboxRow], Awaitable[Mapping[str, str]]]


def outbox_worker(desk: Desk, deliver: Deliver) -> DueWorker[OutboxRow, int]:
    async def work(row: OutboxRow) -> None:
        if row.expires_at is not None and row.expires_at <= desk.clock():
            return _give_up(desk, row, "too late to be of use")
        try:
            result = await deliver(row)
        except Later as later:
            return _again(desk, row, later)
        except Hopeless as hopeless:
            return _give_up(desk, row, str(hopeless))
        # Not delivered anew when only the note of it fails: people would be told every few seconds.
        return await until_on_disk(lambda: _sent(desk, row, result), outbox_row=row.id, order_id=row.order_id)

    def due() -> list[OutboxRow]:
        return list(desk.store.outbox.due(desk.clock(), limit=20))

    return DueWorker("outbox", due=due, work=work, key=lambda row: row.id, parallel=4)


def _sent(desk: Desk, row: OutboxRow, result: Mapping[str, str]) -> None:
    with desk.store.transaction():
        desk.store.outbox.sent(row.id, result)
        if row.kind == Kind.CARD and row.order_id is not None:
            desk.store.orders.change(
                row.order_id, card_channel=result["card_channel"], card_ts=result["card_ts"]
            )
        elif row.kind == Kind.CODES and row.order_id is not None:
            order, showing = desk.store.orders.get(row.order_id), Showing.of(row.payload)
            record_reveal(desk, order, shown=True, showing=showing)


def _again(desk: Desk, row: OutboxRow, later: Later) -> None:
    log.info("message_postponed", row=row.id, kind=row.kind, order_id=row.order_id, why=str(later))
    if desk.clock() - row.created_at > _GIVE_UP_AFTER:
        return _give_up(desk, row, f"given up after {_GIVE_UP_AFTER.days} days: {later}")
    wait = retry_gap(row.attempts, at_least_s=later.retry_after_s)
    if later.retry_after_s:
        wait = timedelta(seconds=later.retry_after_s)
    with desk.store.transaction():
        desk.store.outbox.failed(row.id, str(later), desk.clock() + wait)
        if later.perhaps_sent and row.kind == Kind.CODES and row.order_id is not None:
            order, showing = desk.store.orders.get(row.order_id), Showing.of(row.payload)
            record_reveal(desk, order, shown=None, showing=showing, why=str(later))
    return None


def _give_up(desk: Desk, row: OutboxRow, why: str) -> None:
    log.error("message_given_up", row=row.id, kind=row.kind, order_id=row.order_id, why=why)
    with desk.transaction():
        desk.store.outbox.given_up(row.id, why)
        if row.kind == Kind.CODES and row.order_id is not None:
            give_up_showing(desk, desk.store.orders.get(row.order_id), Showing.of(row.payload), why)
