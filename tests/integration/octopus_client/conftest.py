"""A scripted vendor and clients for it; the stand-in as a process of its own."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from bot.domain.money import Money
from bot.domain.vendor_orders import Purchase
from bot.vendors.http.transport import Timeouts
from bot.vendors.octopus.client import OctopusCards
from bot.vendors.octopus.rate_limit import OctopusRateLimiter, QuotaClass
from tests.support.octopus_scripted_server import ScriptedServer
from tests.support.terms import gift_card_terms

API_KEY, API_SECRET = "acme-key-value", "acme-secret-value"
TERMS = gift_card_terms("octopus", "8101", Money(Decimal("20.00"), "EUR"), 2, "31")
PURCHASE = Purchase(TERMS, "GC-261121-7K3MQ9VX", "buyer@example.org")

NewClient = Callable[..., OctopusCards]


def unhurried_pace() -> OctopusRateLimiter:
    return OctopusRateLimiter(dict.fromkeys(QuotaClass, 1_000_000))


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as vendor:
        yield vendor


@pytest.fixture
async def new_client(server: ScriptedServer) -> AsyncIterator[NewClient]:
    """A client of the scripted vendor with short timeouts; everything can be given differently."""
    async with AsyncExitStack() as stack:

        def new(base_url: str | None = None, **given: Any) -> OctopusCards:
            how: dict[str, Any] = {
                "timeouts": Timeouts(1, 0.4, 0.8),
                "rate_limiter": unhurried_pace(),
            } | given
            client = OctopusCards(base_url or server.address, API_KEY, API_SECRET, **how)
            stack.push_async_callback(client.aclose)
            return client

        yield new


@pytest.fixture
def client(new_client: NewClient) -> OctopusCards:
    return new_client()


@dataclass
class StandIn:
    """`giftcard sandbox octopus`, and its back office."""

    address: str
    env: dict[str, str]
    back_office: httpx.Client

    def arm(self, kind: str, on: str, **options: Any) -> None:
        """A fault for one request like `POST */orders`."""
        method, _, path = on.partition(" ")
        fault = {"kind": kind, "match": {"method": method, "path": path}, **options}
        self.back_office.post("/faults", json=fault).raise_for_status()

    def orders(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.back_office.get("/orders").raise_for_status().json()
        return listed

    def asked(self, request: str) -> int:
        """How often it was asked `POST /auth/login`, since it was started or reset."""
        listed = self.back_office.get("/requests", params={"limit": 1000}).raise_for_status().json()
        return sum(f"{entry['method']} {entry['path'].partition('?')[0]}" == request for entry in listed)


@pytest.fixture(scope="session")
def stand_in_process() -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "bot", "sandbox", "octopus", "--port", "0", "--products", "1200"]
    process = subprocess.Popen([*command, "--async-delay-s", "0.2"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture
def stand_in(stand_in_process: dict[str, Any]) -> Iterator[StandIn]:
    with httpx.Client(base_url=f"{stand_in_process['address']}/admin/api", trust_env=False) as back_office:
        back_office.post("/reset").raise_for_status()
        yield StandIn(stand_in_process["address"], stand_in_process["env"], back_office)


@pytest.fixture
async def buyer(stand_in: StandIn) -> AsyncIterator[OctopusCards]:
    """A client of the stand-in."""
    client = OctopusCards(
        stand_in.env["OCTOPUS_BASE_URL"],
        stand_in.env["OCTOPUS_API_KEY"],
        stand_in.env["OCTOPUS_API_SECRET"],
        clock=lambda: datetime.now(UTC),
        rate_limiter=unhurried_pace(),
    )
    yield client
    await client.aclose()
