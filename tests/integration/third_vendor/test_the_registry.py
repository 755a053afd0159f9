"""One entry in the registry brings a vendor's settings, checks, webhooks and stand-in with it."""

import json
import re
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from starlette.applications import Starlette

from bot.app import open_vendors, sync_once, with_context
from bot.cli.main import main
from bot.config import InvalidSettings, Settings, load_policy
from bot.ops.check.vendors import check_vendors
from bot.services.context import AppContext
from bot.web.webhooks import webhook_routes
from tests.support.every import assert_none

Variables = dict[str, str]
ROOT = Path(__file__).parents[3]
OF_VENDORS = re.compile(r"bot/(vendors|sandbox)/(octopus|cardpluspay)/|bot/vendors/registry\.py")


def problems(variables: Variables, *, http: bool | None = None) -> dict[str, str]:
    with pytest.raises(InvalidSettings) as told:
        Settings.from_environment(variables, http=http)
    return {problem.name: f"{problem.what} — {problem.hint}" for problem in told.value.problems}


def without(variables: Variables, *names: str) -> Variables:
    return {name: text for name, text in variables.items() if name not in names}


def test_it_is_set_up_by_its_variables(settings: Settings, variables: Variables) -> None:
    assert [vendor.title for vendor in settings.vendors] == ["Corner Shop"]
    assert settings.environment == "sandbox"
    assert "loyal" not in repr(settings)
    assert "open sesame" not in repr(settings)
    assert variables.keys() <= Settings.variables().keys()


def test_its_live_host_is_real_money(variables: Variables) -> None:
    live = {"CORNER_SHOP_BASE_URL": "https://corner-shop.example", "SLACK_API_URL": "https://slack.com/api/"}
    assert Settings.from_environment(variables | live, http=None).environment == "live"

    told = problems(variables | {"CORNER_SHOP_BASE_URL": "http://corner-shop.example"})
    assert "plain http" in told["CORNER_SHOP_BASE_URL"]


def test_what_is_wrong_with_its_settings_is_told_with_its_own_hints(variables: Variables) -> None:
    assert problems(without(variables, "CORNER_SHOP_API_KEY")) == {
        "CORNER_SHOP_API_KEY": "is not set, and Corner Shop needs it — copy it from your loyalty card; "
        "or take every CORNER_SHOP_… out"
    }
    assert problems(variables | {"CORNER_SHOP_SHELF": "top"}) == {
        "CORNER_SHOP_AISLE": "is not set, and CORNER_SHOP_SHELF needs it — give its number"
    }
    assert "CORNER_SHOP_BASE_URL" in problems({})["vendors"]


def test_its_webhooks_want_their_secret_when_there_is_a_port_for_them(variables: Variables) -> None:
    with_port = variables | {"GIFTCARD_WEBHOOK_PORT": "8081", "SLACK_APP_TOKEN": "xapp-1"}

    assert Settings.from_environment(with_port, http=False).webhook_port == 8081
    assert problems(without(with_port, "CORNER_SHOP_WEBHOOK_SECRET"), http=False) == {
        "CORNER_SHOP_WEBHOOK_SECRET": "is not set, and the webhook port needs it — agree on a password"
    }


def test_the_policy_knows_its_name(settings: Settings) -> None:
    with settings.policy.open("a") as policy:
        policy.write('[vendors]\npreferred = "corner_shop"\n')

    assert load_policy(settings.policy).vendors.preferred == "corner_shop"


async def test_the_bot_opens_it_and_copies_its_catalogue(settings: Settings) -> None:
    (synced,) = await sync_once(settings, lambda _: None)

    assert (synced.vendor, synced.seen, synced.failure) == ("corner_shop", 1, None)


async def test_check_looks_at_it_and_says_what_it_has_to_say(settings: Settings) -> None:
    lines = [str(result) async for result in check_vendors(settings, load_policy(settings.policy))]

    assert lines == [
        "ok    Corner Shop opening hours: nine to five",
        "warn  Corner Shop cat: sleeps on the till — wake it",
        "ok    Corner Shop login: the credentials are accepted",
        "ok    Corner Shop wallet: purse (prepaid) has USD 500.00",
    ]


async def test_a_setting_it_cannot_be_opened_with_is_told_by_check_and_at_the_start(
    variables: Variables,
) -> None:
    empty = {"CORNER_SHOP_AISLE": "3", "CORNER_SHOP_SHELF": "empty"}
    settings = Settings.from_environment(variables | empty, http=None)

    (line,) = [str(result) async for result in check_vendors(settings, None)]
    assert line == "FAIL  Corner Shop shelf: CORNER_SHOP_SHELF: is empty — come back tomorrow"
    with pytest.raises(InvalidSettings, match="CORNER_SHOP_SHELF: is empty — come back tomorrow"):
        open_vendors(settings.vendors)


async def test_its_webhooks_come_in_under_its_name(settings: Settings) -> None:
    async def send(ctx: AppContext) -> list[int]:
        web = httpx.ASGITransport(Starlette(routes=webhook_routes(ctx, settings.vendors)))
        async with httpx.AsyncClient(transport=web, base_url="http://bot") as shop:
            answers = [
                await shop.post("/webhooks/corner_shop", content=b"tea", headers={"X-Password": password})
                for password in ("open sesame", "abracadabra")
            ]
        return [answer.status_code for answer in answers]

    assert await with_context(settings, send) == [204, 401]


def test_its_stand_in_is_a_command() -> None:
    assert re.search(
        r"^  corner_shop +Stand in for", CliRunner().invoke(main, ["sandbox"]).output, re.MULTILINE
    )

    started = CliRunner().invoke(main, ["sandbox", "corner_shop"])
    assert json.loads(started.output)["env"] == {"CORNER_SHOP_BASE_URL": "http://127.0.0.1:9"}


@pytest.mark.parametrize("of", ["bot", "handlers", "store"])
def test_no_shared_file_names_a_vendor(of: str) -> None:
    names = re.compile(r"octopus|cardpluspay|corner_shop", re.IGNORECASE)
    code = (path for ending in ("py", "js", "html") for path in sorted((ROOT / of).rglob(f"*.{ending}")))
    shared = [
        path
        for path in code
        if not OF_VENDORS.search(str(path.relative_to(ROOT))) and path.name != "emoji.js"  # 🐙
    ]

    assert len(shared) > 10
    assert_none(shared, lambda path: names.search(path.read_text()))
