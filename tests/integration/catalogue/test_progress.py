"""How far the reading of the catalogue is: told while it goes on, where people look, until it is done."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.services.context import AppContext
from bot.services.runtime_status import SyncProgress
from bot.services.sync_catalogue import initial_sync_progress, sync_catalogue
from bot.vendors.contract import VendorError
from handlers.views.catalogue_status import catalogue_loading_text, catalogue_status_line
from handlers.views.home import home
from handlers.views.orders import own_orders
from store import Keyring
from tests.support.at_once import at_once
from tests.support.back_office import BackOffice
from tests.support.database import open_store


@pytest.fixture
def fresh(ctx: AppContext, tmp_path: Path) -> Iterator[AppContext]:
    """A context that has not read any catalogue yet."""
    store = open_store(tmp_path / "fresh.sqlite3")
    yield replace(ctx, store=store)
    store.close()


async def test_each_page_moves_it_on_until_there_is_nothing_left_to_tell(fresh: AppContext) -> None:
    told: list[tuple[SyncProgress, str | None]] = []

    await sync_catalogue(
        fresh, lambda progress: told.append((progress, at_once(catalogue_status_line(fresh))))
    )

    assert [progress for progress, _ in told] == [SyncProgress(479, 479)]
    assert told[0][1] == "⏳ The catalogue is being read for the first time: 479 of 479 products so far."
    assert (await initial_sync_progress(fresh), await catalogue_status_line(fresh)) == ({}, None)
    assert fresh.runtime.sync_progress == {}


async def test_before_the_first_page_it_says_that_it_has_begun(fresh: AppContext) -> None:
    line = await catalogue_status_line(fresh)
    assert line == "⏳ The catalogue is being read for the first time: 0 products so far."
    assert await catalogue_loading_text(fresh) == f"{line} Try again in a minute."


async def test_the_home_tab_and_the_status_show_it(fresh: AppContext) -> None:
    line = await catalogue_status_line(fresh)
    tab = home(
        [], None, may_request=True, approvals_channel="C1", environment="sandbox", catalogue_status=line
    )
    assert str(line) in str(tab)
    assert str(line) in str(own_orders([], catalogue_status=line).blocks)


async def test_a_reading_that_breaks_off_is_no_longer_shown_as_under_way(
    fresh: AppContext, back_office: BackOffice
) -> None:
    back_office.arm("drop-before", method="GET", path="/api/v1/products", times=0)
    (broken,) = await sync_catalogue(fresh)
    assert isinstance(broken.failure, VendorError)
    assert fresh.runtime.sync_progress == {}
    assert await initial_sync_progress(fresh) == {"octopus": SyncProgress(0, None)}
    assert await catalogue_status_line(fresh) == (
        "⚠️ The catalogue could not be read just now, so what it sells is not shown yet. "
        "It is tried again by itself."
    )


async def test_reading_it_again_is_no_first_reading(ctx: AppContext) -> None:
    lines: list[Any] = []
    await sync_catalogue(ctx, lambda _: lines.append(at_once(catalogue_status_line(ctx))))
    assert lines == [None]


def test_the_command_says_what_it_read_and_what_was_new(vendor: dict[str, Any], tmp_path: Path) -> None:
    env = {
        "PATH": os.environ["PATH"],
        **vendor["env"],
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
        "GIFTCARD_DB": str(tmp_path / "bot.sqlite3"),
        "GIFTCARD_POLICY": str(Path(__file__).parents[3] / "policy.toml"),
        "GIFTCARD_KEYS": Keyring.generate(),
        "GIFTCARD_APPROVALS_CHANNEL": "C0APPROVE1",
    }
    for new in (479, 0):
        ran = subprocess.run(
            [sys.executable, "-m", "bot", "sync"], env=env, capture_output=True, text=True, check=True
        )
        assert ran.stdout.splitlines()[-1] == f"octopus: 479 products, {new} of them new or changed"
