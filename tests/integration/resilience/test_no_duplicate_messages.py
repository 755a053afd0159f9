"""A message that went out is not sent again and again because the note of it cannot be written."""

import asyncio
from contextlib import ExitStack

from structlog.testing import capture_logs

from bot.workers.outbox import outbox_worker
from tests.integration.resilience.failures import count_unwritten, locked
from tests.support.disk import unsent_messages
from tests.support.orders import ask
from tests.support.waiting import until


async def test_a_message_is_sent_once_while_the_database_is_locked(ctx, database):
    await ask(ctx)
    sent: list[int] = []

    stack = ExitStack()

    async def deliver(row):
        sent.append(row.id)
        if len(sent) == 1:  # it is on its way, and then nothing can be written any more
            stack.enter_context(locked(database))
        return f"C0APPROVE1/1.{row.id}"

    worker = outbox_worker(ctx, deliver)
    loop = asyncio.create_task(worker.run())
    with stack, capture_logs() as lines:
        await until(lambda: count_unwritten(lines) >= 2)
        assert sent
    await until(lambda: not unsent_messages(ctx))
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    await worker.stop(1)

    assert len(sent) == len(set(sent))
