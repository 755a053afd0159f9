"""The desk of the purchase tests, with its order worker running and its disk taken away on demand."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order
from bot.domain.vendor_orders import Purchase, VendorOrder
from bot.services.context import AppContext
from bot.workers import polling
from bot.workers.orders import order_worker
from tests.integration.purchase.conftest import back_office, clock, ctx, vendor

__all__ = ["back_office", "clock", "ctx", "vendor"]  # fixtures
PATIENCE_S = 15


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "giftcard.sqlite3"


@pytest.fixture(autouse=True)
def short_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failure a worker rests; the tests need not."""
    monkeypatch.setattr(polling, "_REST_AFTER_A_FAILURE_S", 0.1)


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


async def until(ctx: AppContext, order: Order, state: OrderState) -> Order:
    async with asyncio.timeout(PATIENCE_S):
        while (order := ctx.store.orders.get(order.id)).state is not state:
            await asyncio.sleep(0.05)
    return order


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
def read_only(ctx: AppContext) -> Iterator[None]:
    """The disk takes no more writes, as when the kernel remounts it after an error."""
    sqlite = ctx.store._db._sqlite
    sqlite.execute("PRAGMA query_only = ON").fetchall()
    try:
        yield
    finally:
        sqlite.execute("PRAGMA query_only = OFF").fetchall()


class WhenTheAnswerComes:
    """Does something the moment the vendor's answer to a purchase, or to a read, has arrived."""

    def __init__(self, ctx: AppContext, happens: Callable[[], Awaitable[None]]) -> None:
        self._octopus = ctx.vendors["octopus"]
        self._happens = happens
        ctx.vendors = {"octopus": self}  # type: ignore[dict-item]  # everything else is passed on

    def __getattr__(self, name: str) -> object:
        return getattr(self._octopus, name)

    async def place(self, purchase: Purchase) -> VendorOrder:
        vendor_order = await self._octopus.place(purchase)
        await self._happens()
        return vendor_order

    async def fetch(self, vendor_order_id: str) -> VendorOrder:
        vendor_order = await self._octopus.fetch(vendor_order_id)
        if vendor_order.vouchers:
            await self._happens()
        return vendor_order
