"""Commands reach the running bot over a socket that only its owner can open."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from starlette.applications import Starlette

from bot.domain.policy import Policy
from bot.ops.actions import NOT_COMPLETED
from bot.ops.control import socket_path
from bot.ops.control.client import BotNotRunning, RunningBot
from bot.ops.control.server import serve_control_socket
from bot.services.context import AppContext
from bot.vendors.octopus.client import OctopusCards
from bot.web.uvicorn_server import serve_app
from store import Keyring, Store
from tests.integration.startup.installation import KEY
from tests.support.octopus_scripted_server import ScriptedServer, hangs
from tests.support.waiting import until

RULES = {"requesters": {"users": ["U0AGENT01"]}, "approvers": {"users": ["U0LEAD001"]}}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "giftcard.sqlite3"


@pytest.fixture
async def ctx(database: Path, vendor: ScriptedServer) -> AsyncIterator[AppContext]:
    octopus = OctopusCards(vendor.address, "key", "secret")
    store = Store.open(database, Keyring([KEY]))
    yield AppContext(
        store,
        {octopus.name: octopus},
        Policy.model_validate(RULES),
        "sandbox",
        clock=lambda: datetime.now(UTC),
    )
    await octopus.aclose()
    store.close()


@asynccontextmanager
async def listening(ctx: AppContext, database: Path) -> AsyncIterator[None]:
    serving = asyncio.create_task(serve_control_socket(ctx, database))
    try:
        await until(lambda: accepts_connections(database))
        yield
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


def accepts_connections(database: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(socket_path(database))) == 0


async def test_a_command_gets_the_bots_answer(ctx: AppContext, database: Path) -> None:
    async with listening(ctx, database):
        report = await asyncio.to_thread(RunningBot(database).recover, "GC-000000-NOWHERE2")

    assert report.status == 1
    assert report.lines == ("There is no order “GC-000000-NOWHERE2”. `giftcard orders` lists them.",)


async def test_only_the_owner_can_open_the_socket(ctx: AppContext, database: Path) -> None:
    async with listening(ctx, database):
        assert socket_path(database).stat().st_mode & 0o777 == 0o600


async def test_the_socket_goes_with_the_bot(ctx: AppContext, database: Path) -> None:
    async with listening(ctx, database):
        pass

    assert not socket_path(database).exists()
    with pytest.raises(BotNotRunning):
        RunningBot(database).reconcile()


async def test_the_socket_of_a_killed_bot_is_replaced(ctx: AppContext, database: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(socket_path(database)))
    with pytest.raises(BotNotRunning):
        RunningBot(database).reconcile()

    async with listening(ctx, database):
        report = await asyncio.to_thread(RunningBot(database).recover, "GC-000000-NOWHERE2")

    assert report.status == 1


async def test_a_command_that_a_stop_interrupts_is_told_so(
    ctx: AppContext, database: Path, vendor: ScriptedServer
) -> None:
    vendor.on("POST /auth/login", hangs)
    async with listening(ctx, database):
        asked = asyncio.create_task(asyncio.to_thread(RunningBot(database).reconcile))
        await vendor.was_asked.wait()

    report = await asked

    assert report.lines == ("The bot was stopped before it had finished. Ask again.",)
    assert report.status == NOT_COMPLETED


async def test_a_failure_in_the_bot_is_no_silence(ctx: AppContext, database: Path) -> None:
    async with listening(ctx, database):
        ctx.store.close()
        report = await asyncio.to_thread(RunningBot(database).recover, "GC-000000-NOWHERE2")

    assert report.lines == ("The running bot failed at this. Its log says why.",)
    assert report.status == NOT_COMPLETED


async def test_a_bot_of_another_version_is_named_as_such(database: Path) -> None:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(socket_path(database)))
    ready = asyncio.Event()
    serving = asyncio.create_task(serve_app(Starlette(), listener, ready=ready))
    await ready.wait()

    report = await asyncio.to_thread(RunningBot(database).reconcile)

    assert report.lines == ("The running bot is of another version. Restart it.",)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def test_the_bot_runs_without_where_no_socket_can_be_made(ctx: AppContext, tmp_path: Path) -> None:
    database = tmp_path / ("a" * 120)  # longer than the address of a unix socket may be
    with structlog.testing.capture_logs() as lines:
        await serve_control_socket(ctx, database)

    assert [line["event"] for line in lines] == ["control_socket_unavailable"]
    with pytest.raises(BotNotRunning):
        RunningBot(database).reconcile()
