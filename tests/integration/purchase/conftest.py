"""A desk with a real store, and a real vendor stand-in on the other side of real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order
from bot.domain.people import Person, PersonId
from bot.domain.policy.rules import Policy
from bot.services.context import AppContext
from bot.services.decide_request import approve_request
from bot.services.notifications import OutboxKind
from bot.services.quote_order import Selection
from bot.services.request_order import OrderRequest, request_order
from bot.services.sync_catalogue import sync_catalogue
from bot.vendors.octopus import OctopusCards, Timeouts
from bot.vendors.octopus.rate_limit import OctopusRateLimiter, QuotaClass
from bot.workers.orders import NEXT_STEP
from store import Keyring, Store
from tests.support.back_office import BackOffice
from tests.support.processes import Process

AGENT = Person(PersonId("T0ACME", "U0AGENT"), frozenset({"S0AGENTS"}))
LEAD = Person(PersonId("T0ACME", "U0LEAD"), frozenset({"S0LEADS"}))
OTHER_LEAD = Person(PersonId("T0ACME", "U0LEAD2"), frozenset({"S0LEADS"}))
GUEST = Person(PersonId("T0ACME", "U0GUEST"), frozenset({"S0AGENTS"}), is_guest=True)
KEY = Keyring.generate()


@dataclass
class Clock:
    """The real time plus what a test adds to it."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def advance(self, by: timedelta) -> None:
        self.ahead += by


@pytest.fixture(scope="session")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    log = tmp_path_factory.mktemp("vendor") / "log"
    process = Process(
        "sandbox", "octopus", "--port", "0", "--async-delay-s", "0.2", "--no-rate-limits", log=log
    )
    try:
        yield process.announced()
    finally:
        process.end()


@pytest.fixture
def back_office(vendor: dict[str, Any]) -> BackOffice:
    back_office = BackOffice(vendor["address"])
    back_office.reset()
    return back_office


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def ctx(
    tmp_path: Path, vendor: dict[str, Any], back_office: BackOffice, clock: Clock
) -> AsyncIterator[AppContext]:
    env = vendor["env"]
    octopus = OctopusCards(
        env["OCTOPUS_BASE_URL"],
        env["OCTOPUS_API_KEY"],
        env["OCTOPUS_API_SECRET"],
        timeouts=Timeouts(total_s=2.5),  # reads are retried that long
        rate_limiter=OctopusRateLimiter(
            dict.fromkeys(QuotaClass, 1_000_000)
        ),  # the vendor here counts nothing either
    )
    store = Store.open(tmp_path / "giftcard.sqlite3", Keyring([KEY]), clock=clock)
    ctx = AppContext(
        store=store,
        vendors={octopus.name: octopus},
        policy=Policy.model_validate(
            {"requesters": {"groups": ["S0AGENTS", "S0LEADS"]}, "approvers": {"groups": ["S0LEADS"]}}
        ),
        environment="sandbox",
        clock=clock,
    )
    await sync_catalogue(ctx)
    yield ctx
    await octopus.aclose()
    store.close()


async def ask(ctx: AppContext, quantity: int = 2, key: str = "view-1", **changes: Any) -> Order:
    """The agent asks for some Steam cards in the United States."""
    product = ctx.store.catalogue.search("steam usa", limit=1).products[0]
    fields: dict[str, Any] = {
        "selection": Selection(product.key, product.denominations[0].minimum, quantity),
        "reason": "parcel lost twice",
        "ticket_url": "https://tickets.example.com/4711",
        "recipient_email": None,
    }
    return await request_order(ctx, AGENT, OrderRequest(**(fields | changes)), request_key=key)


async def approved(ctx: AppContext, quantity: int = 2, **changes: Any) -> Order:
    """The same, approved by the lead."""
    return approve_request(ctx, LEAD, (await ask(ctx, quantity, **changes)).id)


async def work(ctx: AppContext, clock: Clock, order: Order, *, steps: int = 1) -> Order:
    """What the worker does with an order that is due, some times over, waiting no longer than it takes."""
    for _ in range(steps):
        order = ctx.store.orders.get(order.id)
        if order.next_at is None:
            break
        clock.advance(max(timedelta(), order.next_at - clock()))
        order = await NEXT_STEP[order.state](ctx, order.id)
    return order


async def work_until(ctx: AppContext, clock: Clock, order: Order, state: OrderState) -> Order:
    """Work on it until it is in `state`; the vendor takes real time to fulfil."""
    async with asyncio.timeout(10):
        while (order := await work(ctx, clock, order)).state is not state:
            await asyncio.sleep(0.1)
    return order


def sent(ctx: AppContext, clock: Clock, kind: OutboxKind) -> list[Mapping[str, Any]]:
    """Everything of this kind that the outbox would send, in order: payloads."""
    payloads = []
    while rows := ctx.store.outbox.due(clock()):
        with ctx.store.transaction():
            for row in rows:
                payloads += [row.payload] if row.kind == kind else []
                ctx.store.outbox.sent(row.id)
    return payloads


def actions(ctx: AppContext, order: Order) -> list[str]:
    return [row.action for row in ctx.store.audit.rows(order_id=order.id)]


def bought(back_office: BackOffice, order: Order) -> list[dict[str, Any]]:
    """What the vendor holds under the order's reference."""
    return [theirs for theirs in back_office.orders() if theirs["client_reference"] == order.client_reference]
