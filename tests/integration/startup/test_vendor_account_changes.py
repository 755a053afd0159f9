"""Orders under way belong to one vendor account and one workspace: at another they would be bought again."""

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.integration.startup.installation import Installation
from tests.support.octopus_scripted_server import ScriptedServer, answers, refusal
from tests.support.waiting import until

HERE = {"slack_team": "T1", "octopus_host": "127.0.0.1", "octopus_account": "7"}
LOOK_UP, BUY = "GET /api/v1/orders", "POST /api/v1/orders"


def account_changes(installation: Installation) -> list[dict[str, Any]]:
    sql = "SELECT details FROM audit WHERE action = 'account_changed' ORDER BY seq"
    with closing(sqlite3.connect(installation.folder / "g.sqlite3")) as beside:
        return [json.loads(details) for (details,) in beside.execute(sql)]


@pytest.mark.parametrize(
    "elsewhere",
    [{"slack_team": "T0OTHER"}, {"octopus_host": "api.example.com"}, {"octopus_account": "8"}],
    ids=lambda elsewhere: next(iter(elsewhere)),
)
async def test_a_bot_led_elsewhere_ends_before_it_looks_anything_up(
    installation: Installation, vendor: ScriptedServer, elsewhere: dict[str, str]
) -> None:
    order = installation.order_of_unknown_outcome()
    installation.key_values(**HERE | elsewhere)

    async with installation.bot(vendor.address) as bot:
        await until(lambda: bot.popen.poll() is not None)

    assert bot.popen.returncode == 2
    last = bot.logged().splitlines()[-1]
    assert last.startswith(f"{order.client_reference} in this database")
    assert next(iter(elsewhere.values())) in last
    assert not vendor.asked(LOOK_UP)
    assert not vendor.asked(BUY)
    assert account_changes(installation) == []


async def test_a_bot_without_the_vendor_of_an_order_under_way_ends_and_names_both(
    installation: Installation, vendor: ScriptedServer
) -> None:
    order = installation.order_of_unknown_outcome("cardpluspay")

    async with installation.bot(vendor.address) as bot:
        await until(lambda: bot.popen.poll() is not None)

    assert bot.popen.returncode == 2
    last = bot.logged().splitlines()[-1]
    assert last.startswith(f"{order.client_reference} in this database are under way with cardpluspay")


async def test_with_the_same_account_as_before_what_is_under_way_is_looked_up(
    installation: Installation, vendor: ScriptedServer
) -> None:
    installation.order_of_unknown_outcome()
    installation.key_values(**HERE)

    async with installation.bot(vendor.address):
        await until(lambda: vendor.asked(LOOK_UP))


async def test_with_nothing_under_way_another_account_is_accepted_and_on_record(
    installation: Installation, vendor: ScriptedServer
) -> None:
    installation.key_values(**HERE | {"octopus_account": "8", "slack_team": "T0OTHER"})

    async with installation.bot(vendor.address) as bot:
        await until(lambda: "event=bot_ready" in bot.logged())
        await until(lambda: len(account_changes(installation)) == 2)

    assert account_changes(installation) == [
        {"what": "Slack workspace", "before": "T0OTHER", "now": "T1"},
        {"what": "Octopus Cards account", "before": "8", "now": "7"},
    ]


async def test_a_vendor_who_does_not_say_whose_account_it_is_stops_nobody(
    installation: Installation, vendor: ScriptedServer
) -> None:
    installation.order_of_unknown_outcome()
    installation.key_values(**HERE)
    tokens = vendor.fresh_tokens()
    del tokens["data"]["client_id"]
    vendor.on("POST /auth/login", answers(200, tokens))

    async with installation.bot(vendor.address):
        await until(lambda: vendor.asked(LOOK_UP))


async def test_slack_is_answered_while_the_vendor_is_down_and_orders_wait_for_it(
    installation: Installation, vendor: ScriptedServer
) -> None:
    installation.order_of_unknown_outcome()
    installation.key_values(**HERE)
    vendor.on(
        "POST /auth/login",
        answers(503, refusal("SERVICE_UNAVAILABLE")),
        answers(503, refusal("SERVICE_UNAVAILABLE")),
        answers(200, vendor.fresh_tokens()),
    )

    async with installation.bot(vendor.address) as bot:
        await until(lambda: "event=bot_ready" in bot.logged())
        await until(lambda: vendor.asked(LOOK_UP))
