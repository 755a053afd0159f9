"""What the bot sees to at its start, so that no request waits for it and nothing leaks."""

import resource

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Settings
from bot.ops.slack_client import slack_client
from handlers.client import authorize_as, identify_bot
from tests.integration.startup.installation import Installation
from tests.integration.startup.one_socket_slack import OneSocketSlack
from tests.support.octopus_scripted_server import ScriptedServer
from tests.support.waiting import until

HOME_OPENED = {"type": "app_home_opened", "user": "U1", "tab": "home"}


async def app_of(settings: Settings, seen: list[str | None]) -> AsyncApp:
    client = slack_client(settings, settings.slack_bot_token)
    us = await identify_bot(client)
    app = AsyncApp(
        client=slack_client(settings),
        authorize=authorize_as(us, settings.slack_bot_token),
        signing_secret="secret",
        process_before_response=True,
    )

    @app.event("app_home_opened")
    async def opened(client: AsyncWebClient, context: dict[str, str | None]) -> None:
        seen.append(client.token)
        seen.append(context["user_id"])

    return app


@pytest.fixture
def settings(installation: Installation, vendor: ScriptedServer) -> Settings:
    return Settings.from_environment(installation.env(vendor.address))


def event(**changes: str) -> AsyncBoltRequest:
    body = {"type": "event_callback", "team_id": "T1", "event": HOME_OPENED | changes}
    return AsyncBoltRequest(mode="socket_mode", body=body)


async def test_no_request_asks_slack_once_more_who_we_are(settings: Settings, slack: OneSocketSlack) -> None:
    seen: list[str | None] = []
    app = await app_of(settings, seen)

    assert (await app.async_dispatch(event())).status == 200
    assert seen == ["xoxb-1", "U1"]
    assert slack.calls["auth.test"] == 1


@pytest.mark.parametrize("ours", [{"user": "UBOT"}, {"bot_id": "BBOT"}])
async def test_what_we_did_ourselves_is_ignored(settings: Settings, ours: dict[str, str]) -> None:
    seen: list[str | None] = []
    app = await app_of(settings, seen)

    await app.async_dispatch(event(**ours))
    assert seen == []


async def test_an_unsigned_http_request_is_refused_still(settings: Settings) -> None:
    app = await app_of(settings, [])

    assert (await app.async_dispatch(AsyncBoltRequest(body="command=%2Fgiftcard&user_id=U1"))).status == 401


async def test_a_slack_on_this_machine_is_reached_whatever_proxies_the_environment_names(
    installation: Installation, vendor: ScriptedServer, slack: OneSocketSlack
) -> None:
    nowhere = "http://127.0.0.1:9"
    async with installation.bot(
        vendor.address, HTTP_PROXY=nowhere, HTTPS_PROXY=nowhere, https_proxy=nowhere
    ) as bot:
        await until(lambda: "event=bot_ready" in bot.logged())
        await until(lambda: len(slack.sockets) == 2)


async def test_no_core_file_can_hold_a_code(installation: Installation, vendor: ScriptedServer) -> None:
    async with installation.bot(vendor.address) as bot:
        await until(lambda: "event=bot_ready" in bot.logged())
        assert resource.prlimit(bot.popen.pid, resource.RLIMIT_CORE) == (0, 0)
