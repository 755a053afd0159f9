"""A context whose webhooks are served over real HTTP, and a vendor stand-in that sends its events there."""

import asyncio
import hashlib
import hmac
import json
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import pytest

from bot.domain.orders import Order
from bot.services.context import AppContext
from bot.vendors.octopus.webhooks import read_event
from bot.web.server import serve_webhooks
from bot.web.webhooks import webhook_route
from bot.workers.events import event_worker
from tests.support.clock import ShiftedClock
from tests.support.disk import rows
from tests.support.processes import Process
from tests.support.waiting import until

SECRET = "whk_test_secret"


@pytest.fixture(scope="session")
def port() -> int:
    """Free a moment ago: the stand-in has to know it before anybody listens there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def vendor(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[dict[str, Any]]:
    hooks = ["--webhook-url", f"http://127.0.0.1:{port}/webhooks/octopus", "--webhook-secret", SECRET]
    process = Process(
        *("sandbox", "octopus", "--port", "0", "--async-delay-s", "0.2", "--no-rate-limits", *hooks),
        log=tmp_path_factory.mktemp("vendor") / "log",
    )
    try:
        yield process.announced()
    finally:
        process.end()


@dataclass
class Receiver:
    """The bot's side of the webhooks, and whoever may send something there."""

    ctx: AppContext
    clock: ShiftedClock
    http: httpx.AsyncClient
    database: Path

    async def send(
        self,
        body: bytes | None = None,
        *,
        secret: str = SECRET,
        at: datetime | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> int:
        """A request as the vendor would make it unless told otherwise; the status that was answered."""
        body = event_body() if body is None else body
        signed = {
            "X-Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
            "X-OCTOPUS-WEBHOOK-TOKEN": secret,
            "X-Timestamp": str(int((at or self.clock()).timestamp())),
            **headers,
        }
        return (await self.http.post("/webhooks/octopus", content=body, headers=signed)).status_code

    def kept(self) -> list[dict[str, Any]]:
        return rows(self.database, "SELECT * FROM vendor_events ORDER BY id")

    def kinds(self, about: Order) -> list[str]:
        """What the vendor told of this order, in the order in which it came."""
        return [row["kind"] for row in self.kept() if row["vendor_order_id"] == about.vendor_order_id]


def event_body(event_id: str = "evt_1", kind: str = "order.delivered", **data: Any) -> bytes:
    return json.dumps({"id": event_id, "type": kind, "created_at": "now", "data": data}).encode()


@pytest.fixture
async def receiver(
    ctx: AppContext, clock: ShiftedClock, port: int, tmp_path: Path
) -> AsyncIterator[Receiver]:
    route = webhook_route(ctx, "octopus", partial(read_event, SECRET))
    worker = event_worker(ctx, "octopus")
    ctx.runtime.wake = worker.wake_event.set
    running = [
        asyncio.create_task(serve_webhooks([route], host="127.0.0.1", port=port)),
        asyncio.create_task(worker.run()),
    ]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        await until(lambda: _answers(http))
        yield Receiver(ctx, clock, http, tmp_path / "giftcard.sqlite3")
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await worker.stop(2)


async def _answers(http: httpx.AsyncClient) -> bool:
    with suppress(httpx.ConnectError):
        return (await http.get("/health")).is_success
    return False
