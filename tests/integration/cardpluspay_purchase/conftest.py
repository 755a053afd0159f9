"""A context that buys from the CardPlusPay stand-in, each with an account of its own there."""

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.services.context import AppContext
from bot.services.sync_catalogue import sync_catalogue
from bot.vendors.cardpluspay.client import CardPlusPay
from tests.support.app_context import opened_context
from tests.support.cardpluspay_account import Account
from tests.support.cardpluspay_orders import LIMITS, VendorsClock
from tests.support.cardpluspay_stand_in import StandIn


@pytest.fixture
def clock(cardpluspay_vendor: StandIn) -> VendorsClock:
    return VendorsClock.of(cardpluspay_vendor)


@pytest.fixture
async def client(account: Account, clock: VendorsClock) -> AsyncIterator[CardPlusPay]:
    client = account.client(clock=clock)
    yield client
    await client.aclose()


@pytest.fixture
async def ctx(tmp_path: Path, client: CardPlusPay, clock: VendorsClock) -> AsyncIterator[AppContext]:
    ctx = opened_context(tmp_path / "giftcard.sqlite3", clock, client, limits=LIMITS)
    await sync_catalogue(ctx)
    yield ctx
    ctx.store.close()


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Taken, so that nobody else listens there, and not listened on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]
