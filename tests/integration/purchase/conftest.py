"""A desk with a real store, and a real vendor stand-in on the other side of real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.orders import Order, OrderState
from bot.domain.people import Person, PersonId
from bot.domain.policy import Policy
from bot.providers.octopus import OctopusCards, Timeouts
from bot.providers.octopus.pace import Lane, Pace
from bot.usecases.decide_request import approve_request
from bot.usecases.desk import Desk
from bot.usecases.notices import Kind
from bot.usecases.quote_order import Selection
from bot.usecases.request_order import OrderRequest, request_order
from bot.usecases.sync_catalogue import sync_catalogue
from bot.workers.orders import NEXT_STEP
from store import Keyring, Store
from tests.office import Office
from tests.processes import Process

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
def office(vendor: dict[str, Any]) -> Office:
    office = Office(vendor["address"])
    office.reset()
    return office


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def desk(tmp_path: Path, vendor: dict[str, Any], office: Office, clock: Clock) -> AsyncIterator[Desk]:
    env = vendor["env"]
    octopus = OctopusCards(
        env["OCTOPUS_BASE_URL"],
        env["OCTOPUS_API_KEY"],
        env["OCTOPUS_API_SECRET"],
        timeouts=Timeouts(total_s=2.5),  # reads are retried that long
        pace=Pace(dict.fromkeys(Lane, 1_000_000)),  # the vendor here counts nothing either
    )
    store = Store.open(tmp_path / "giftcard.sqlite3", Keyring([KEY]), clock=clock)
    desk = Desk(
        store=store,
        providers={octopus.name: octopus},
        policy=Policy.model_validate(
            {"requesters": {"groups": ["S0AGENTS", "S0LEADS"]}, "approvers": {"groups": ["S0LEADS"]}}
        ),
        environment="sandbox",
        clock=clock,
    )
    await sync_catalogue(desk)
    yield desk
    await octopus.aclose()
    store.close()


async def ask(desk: Desk, quantity: int = 2, key: str = "view-1", **changes: Any) -> Order:
    """The agent asks for some Steam cards in the United States."""
    product = desk.store.catalogue.search("steam usa", limit=1).products[0]
    fields: dict[str, Any] = {
        "selection": Selection(product.key, product.denominations[0].minimum, quantity),
        "reason": "parcel lost twice",
        "ticket_url": "https://tickets.example.com/4711",
        "recipient_email": None,
    }
    return await request_order(desk, AGENT, OrderRequest(**(fields | changes)), request_key=key)


async def approved(desk: Desk, quantity: int = 2, **changes: Any) -> Order:
    """The same, approved by the lead."""
    return approve_request(desk, LEAD, (await ask(desk, quantity, **changes)).id)


async def work(desk: Desk, clock: Clock, order: Order, *, steps: int = 1) -> Order:
    """What the worker does with an order that is due, some times over, waiting no longer than it takes."""
    for _ in range(steps):
        order = desk.store.orders.get(order.id)
        if order.next_at is None:
            break
        clock.advance(max(timedelta(), order.next_at - clock()))
        order = await NEXT_STEP[order.state](desk, order.id)
    return order


async def work_until(desk: Desk, clock: Clock, order: Order, state: OrderState) -> Order:
    """Work on it until it is in `state`; the vendor takes real time to fulfil."""
    async with asyncio.timeout(10):
        while (order := await work(desk, clock, order)).state is not state:
            await asyncio.sleep(0.1)
    return order


def sent(desk: Desk, clock: Clock, kind: Kind) -> list[Mapping[str, Any]]:
    """Everything of this kind that the outbox would send, in order: payloads."""
    payloads = []
    while rows := desk.store.outbox.due(clock()):
        with desk.store.transaction():
            for row in rows:
                payloads += [row.payload] if row.kind == kind else []
                desk.store.outbox.sent(row.id)
    return payloads


def actions(desk: Desk, order: Order) -> list[str]:
    return [row.action for row in desk.store.audit.rows(order_id=order.id)]


def bought(office: Office, order: Order) -> list[dict[str, Any]]:
    """What the vendor holds under the order's reference."""
    return [theirs for theirs in office.orders() if theirs["client_reference"] == order.client_reference]
