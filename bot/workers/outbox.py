"""Sends the outbox's messages. Sending one twice is harmless: no persistent message contains a code."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.domain.backoff import retry_delay
from bot.services.context import AppContext
from bot.services.delivery_errors import PermanentFailure, RetryLater
from bot.services.notifications import OutboxKind
from bot.services.outbox_payloads import RevealPage
from bot.services.persist_with_retry import persist_with_retry
from bot.services.reveal_codes import abandon_reveal, record_reveal
from bot.workers.polling import PollingWorker
from bot.workers.queue import Queue
from store import OutboxMessage, Transaction

log = structlog.get_logger(__name__)
_GIVE_UP_AFTER = timedelta(days=2)

# Sends one message. Returns a reference to an approval card, by which it is updated later; else None.
Deliver = Callable[[OutboxMessage], Awaitable[str | None]]


def outbox_worker(ctx: AppContext, deliver: Deliver) -> PollingWorker[OutboxMessage, int]:
    async def work(row: OutboxMessage) -> None:
        if row.expires_at is not None and row.expires_at <= ctx.clock():
            return await _give_up(ctx, row, "too late to be of use")
        try:
            card_ref = await deliver(row)
        except RetryLater as error:
            return await _again(ctx, row, error)
        except PermanentFailure as error:
            return await _give_up(ctx, row, str(error))
        # Not delivered anew when only the note of it fails: people would be told every few seconds.
        return await persist_with_retry(
            lambda: ctx.store.write(lambda tx: _sent(tx, row, card_ref)),
            outbox_row=row.id,
            order_id=row.order_id,
        )

    queue = Queue[OutboxMessage](
        due=lambda tx, now: tx.outbox.due(now, limit=1),
        claim=lambda tx, lease: tx.outbox.claim(*lease),
        claims=lambda tx: tx.outbox,
    )
    return PollingWorker("outbox", ctx, queue, work=work, key=lambda row: row.id)


def _sent(tx: Transaction, row: OutboxMessage, card_ref: str | None) -> None:
    tx.outbox.sent(row.id, {"card_ref": card_ref} if card_ref else {}, fence=row.fence)
    if row.kind == OutboxKind.CARD and row.order_id is not None:
        tx.orders.set_card(row.order_id, card_ref)
    elif row.kind == OutboxKind.CODES and row.order_id is not None:
        order, reveal_page = tx.orders.get(row.order_id), RevealPage.model_validate(row.payload)
        record_reveal(tx, order, shown=True, reveal_page=reveal_page)


async def _again(ctx: AppContext, row: OutboxMessage, later: RetryLater) -> None:
    log.info("message_postponed", row=row.id, kind=row.kind, order_id=row.order_id, why=str(later))
    if ctx.clock() - row.created_at > _GIVE_UP_AFTER:
        await _give_up(ctx, row, f"given up after {_GIVE_UP_AFTER.days} days: {later}")
        return
    wait = retry_delay(row.attempts, at_least_s=later.retry_after_s)
    if later.retry_after_s:
        wait = timedelta(seconds=later.retry_after_s)

    def postpone(tx: Transaction) -> None:
        tx.outbox.failed(row.id, str(later), ctx.clock() + wait, fence=row.fence)
        if later.maybe_sent and row.kind == OutboxKind.CODES and row.order_id is not None:
            order, reveal_page = tx.orders.get(row.order_id), RevealPage.model_validate(row.payload)
            record_reveal(tx, order, shown=None, reveal_page=reveal_page, why=str(later))

    await ctx.store.write(postpone)
    return


async def _give_up(ctx: AppContext, row: OutboxMessage, why: str) -> None:
    log.error("message_given_up", row=row.id, kind=row.kind, order_id=row.order_id, why=why)

    def give_up(tx: Transaction) -> None:
        tx.outbox.given_up(row.id, why, fence=row.fence)
        if row.kind == OutboxKind.CODES and row.order_id is not None:
            abandon_reveal(tx, tx.orders.get(row.order_id), RevealPage.model_validate(row.payload), why)

    await ctx.write(give_up)
