"""A context that buys from the CardPlusPay stand-in, each with an account of its own there."""

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.services.context import AppContext
from bot.vendors.cardpluspay.client import CardPlusPay
from tests.support.app_context import context_with_catalogue
from tests.support.cardpluspay_account import Account
from tests.support.cardpluspay_orders import LIMITS, VendorsClock
from tests.support.cardpluspay_stand_in import StandIn


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("catalogue") / "cardpluspay.sqlite3"


@pytest.fixture
def clock(cardpluspay_vendor: StandIn) -> VendorsClock:
    return VendorsClock.of(cardpluspay_vendor)


@pytest.fixture
async def client(account: Account, clock: VendorsClock) -> AsyncIterator[CardPlusPay]:
    client = account.client(clock=clock)
    yield client
    await client.aclose()


@pytest.fixture
async def ctx(
    tmp_path: Path, catalogue: Path, client: CardPlusPay, clock: VendorsClock
) -> AsyncIterator[AppContext]:
    ctx = await context_with_catalogue(catalogue, tmp_path / "giftcard.sqlite3", clock, client, limits=LIMITS)
    yield ctx
    ctx.store.close()


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Taken, so that nobody else listens there, and not listened on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]
