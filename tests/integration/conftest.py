"""Contexts with a real store, and the vendors' stand-ins on the other side of real HTTP."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.services.context import AppContext
from bot.vendors.http.transport import Timeouts
from bot.vendors.octopus.client import OctopusCards
from bot.vendors.octopus.rate_limit import OctopusRateLimiter, QuotaClass
from tests.support.app_context import context_with_catalogue
from tests.support.back_office import BackOffice
from tests.support.cardpluspay_account import Account
from tests.support.cardpluspay_stand_in import StandIn, running
from tests.support.clock import ShiftedClock
from tests.support.processes import Process


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


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("catalogue") / "octopus.sqlite3"


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
async def ctx(
    tmp_path: Path, catalogue: Path, vendor: dict[str, Any], back_office: BackOffice, clock: ShiftedClock
) -> AsyncIterator[AppContext]:
    env = vendor["env"]
    octopus = OctopusCards(
        env["OCTOPUS_BASE_URL"],
        env["OCTOPUS_API_KEY"],
        env["OCTOPUS_API_SECRET"],
        timeouts=Timeouts(total_s=2.5),  # reads are retried that long
        # The vendor here counts nothing either.
        rate_limiter=OctopusRateLimiter(dict.fromkeys(QuotaClass, 1_000_000)),
    )
    ctx = await context_with_catalogue(catalogue, tmp_path / "giftcard.sqlite3", clock, octopus)
    yield ctx
    await octopus.aclose()
    ctx.store.close()


@pytest.fixture(scope="session")
def cardpluspay_vendor() -> Iterator[StandIn]:
    with running() as stand_in:
        yield stand_in


@pytest.fixture
def account(cardpluspay_vendor: StandIn) -> Iterator[Account]:
    account = Account.opened(cardpluspay_vendor)
    yield account
    account.disarm()
