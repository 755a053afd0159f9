"""The order worker of a running bot, its disk taken away on demand, and answers that come at a bad moment."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order
from bot.domain.vendor_orders import Purchase, VendorOrder
from bot.kinds.gift_card import GIFT_CARD, GiftCardLine
from bot.services.context import AppContext
from bot.workers.orders import order_worker
from store.engines.sqlite import SqliteEngine
from tests.support.at_once import saved
from tests.support.waiting import until


@asynccontextmanager
async def working(ctx: AppContext) -> AsyncIterator[None]:
    """The bot's own loop over orders, as `bot.app` runs it."""
    worker = order_worker(ctx, "octopus")
    ctx.runtime.wake = worker.wake_event.set
    loop = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        await worker.stop(1)


async def until_in(ctx: AppContext, order: Order, state: OrderState) -> Order:
    """The order, once the loop has brought it there."""
    await until(lambda: saved(ctx).orders.get(order.id).state is state)
    return saved(ctx).orders.get(order.id)


_HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=5)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another process holds the write lock for longer than anybody waits."""
    command = [sys.executable, "-c", _HOLD, str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        try:
            yield
        finally:
            other.kill()


@contextmanager
def read_only(engine: SqliteEngine) -> Iterator[None]:
    """The disk takes no more writes, as when the kernel remounts it after an error."""
    engine.execute("PRAGMA query_only = ON")
    try:
        yield
    finally:
        engine.execute("PRAGMA query_only = OFF")


def count_unwritten(lines: Sequence[Mapping[str, Any]]) -> int:
    """How often the log says so far that something is held in memory, because the disk does not take it."""
    return sum(line["event"] == "only_in_memory" for line in lines)


class WhenTheAnswerComes:
    """Does something the moment the vendor's answer to a purchase, or to a read, has arrived."""

    def __init__(self, ctx: AppContext, happens: Callable[[], Awaitable[None]]) -> None:
        self._octopus = ctx.vendors["octopus"]
        self._cards = self._octopus.sells[GIFT_CARD]
        self._happens = happens
        ctx.vendors = {"octopus": self}  # type: ignore[dict-item]  # everything else is passed on

    def __getattr__(self, name: str) -> object:
        return getattr(self._cards if hasattr(self._cards, name) else self._octopus, name)

    @property
    def sells(self) -> Mapping[str, object]:
        return {GIFT_CARD: self}

    async def place(self, purchase: Purchase[GiftCardLine]) -> VendorOrder:
        vendor_order = await self._cards.place(purchase)
        await self._happens()
        return vendor_order

    async def fetch(self, vendor_order_id: str) -> VendorOrder:
        vendor_order = await self._cards.fetch(vendor_order_id)
        if vendor_order.deliverables:
            await self._happens()
        return vendor_order
