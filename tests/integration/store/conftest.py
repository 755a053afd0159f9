"""A store on a real file, and values to put into it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.domain.catalogue import Denomination, Product
from bot.domain.money import Money
from bot.domain.orders import Order, new_client_reference
from bot.domain.people import Component, PersonId
from bot.domain.quotes import Quote
from store import Keyring, NewOrder
from tests.support.order_moves import add_order
from tests.support.repositories import Repositories
from tests.support.terms import gift_card_terms

AGENT = PersonId("T1", "UAGENT")
LEAD = PersonId("T1", "ULEAD")
WORKER = Component("worker")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = Keyring.generate()
TERMS = gift_card_terms("octopus", "8101", Money(Decimal("25.00"), "EUR"), 2, "W1")


@dataclass
class Clock:
    """A clock that stands still until somebody moves it."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> datetime:
        self.now += by
        return self.now


def new_order(**changes: object) -> NewOrder:
    draft = NewOrder(
        client_reference=new_client_reference(NOON),
        requester=AGENT,
        terms=TERMS,
        product_name="Nimbus Play Card",
        country="DEU",
        discount=Money(Decimal("2.00"), "EUR"),
        forex_rate=Decimal("1.0834"),
        fee=Money(Decimal("0.50"), "USD"),
        charge=Money(Decimal("52.50"), "USD"),
        balance_after=Money(Decimal("947.50"), "USD"),
        reason="Goodwill after the outage — Zoë",
        ticket_url="https://tickets.example.com/4711",
        recipient_email=None,
        requested_at=NOON,
        next_at=NOON + timedelta(hours=72),
    )
    return replace(draft, **changes)  # type: ignore[arg-type]


def new_quote(quoted_at: datetime = NOON) -> Quote:
    return Quote(
        terms=TERMS,
        discount=Money(Decimal("2.00"), "EUR"),
        discount_percent=Decimal("4.0"),
        charge=Money(Decimal("52.50"), "USD"),
        forex_rate=None,
        fee=None,
        tax=Money(Decimal("0.10"), "USD"),
        max_quantity=10,
        wallet_balance=Money(Decimal(1000), "USD"),
        quoted_at=quoted_at,
    )


def product(name: str, country: str = "USA", currency: str = "USD", *offered: str, **more: str) -> Product:
    """A product offered at fixed face values (`25`) and ranges (`5-500`)."""
    bounds = [face_value.partition("-") for face_value in offered or ("25",)]
    denominations = tuple(Denomination(Decimal(a), Decimal(b or a), Decimal("4.0")) for a, _, b in bounds)
    product_id = more.pop("product_id", f"{name}-{country}-{currency}")
    category = more.pop("category", "Shopping")
    return Product("octopus", product_id, name, category, country, currency, denominations, **more)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "giftcard" / "giftcard.db"


@pytest.fixture
def store(path: Path, clock: Clock) -> Iterator[Repositories]:
    store = Repositories(path, KEY, clock=clock)
    yield store
    store.close()


@pytest.fixture
def request_order(store: Repositories) -> Callable[..., Order]:
    """Put one order on disk."""

    def add(request_key: str | None = None, **changes: object) -> Order:
        draft = new_order(**changes)
        with store.transaction():
            return add_order(store, draft, request_key=request_key or draft.client_reference, actor=AGENT)

    return add
