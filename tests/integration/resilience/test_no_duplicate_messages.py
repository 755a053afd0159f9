"""A message that went out is not sent again and again because the note of it cannot be written."""

import asyncio

from bot.workers.outbox import outbox_worker
from tests.integration.purchase.conftest import ask
from tests.integration.resilience.conftest import locked


async def test_a_message_is_sent_once_while_the_database_is_locked(ctx, database):
    await ask(ctx)
    sent: list[int] = []

    async def deliver(row):
        sent.append(row.id)
        return {"card_channel": "C0APPROVE1", "card_ts": f"1.{row.id}"}

    worker = outbox_worker(ctx, deliver)
    loop = asyncio.create_task(worker.run())
    with locked(database):
        async with asyncio.timeout(10):
            while not sent:
                await asyncio.sleep(0.05)
        await asyncio.sleep(2.5)
    async with asyncio.timeout(10):
        while ctx.store.outbox.pending_count():
            await asyncio.sleep(0.05)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    await worker.stop(1)

    assert len(sent) == len(set(sent))
