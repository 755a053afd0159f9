"""Two connections where Slack keeps two; one and no quarrel where it keeps one; never a dead one."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.socket_mode import ReconnectPolicy, serve_socket_mode
from tests.integration.startup.one_socket_slack import OneSocketSlack, send_command
from tests.support.waiting import until

PACE = ReconnectPolicy(first_pause_s=0.05, longest_pause_s=0.2, single_s=60, connect_s=1)


@asynccontextmanager
async def connected(slack: OneSocketSlack, policy: ReconnectPolicy) -> AsyncIterator[AsyncApp]:
    async with slack.open() as address:
        client = AsyncWebClient(token="xapp-1", base_url=address)
        app = AsyncApp(client=client, signing_secret="s", process_before_response=True)
        ready = asyncio.Event()
        serving = asyncio.create_task(serve_socket_mode(app, web_client=client, ready=ready, policy=policy))
        try:
            async with asyncio.timeout(10):
                await ready.wait()
                yield app
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def answers(ack: Callable[[str], Awaitable[None]]) -> None:
    await ack("here")


async def command_and_answer(slack: OneSocketSlack, number: int) -> None:
    await send_command(slack.sockets[-1], number)
    await until(lambda: len(slack.acks) > number)


async def test_there_are_two_connections_where_slack_keeps_two() -> None:
    slack = OneSocketSlack("is kept")
    async with connected(slack, PACE):
        await until(lambda: len(slack.sockets) == 2)

    assert slack.calls["apps.connections.open"] == 2


async def test_where_slack_keeps_one_connection_there_is_one_after_a_few_attempts() -> None:
    slack = OneSocketSlack("closes the first")
    with structlog.testing.capture_logs() as lines:
        async with connected(slack, PACE) as app:
            app.command("/giftcard")(answers)
            await until(lambda: lines)
            await until(lambda: len(slack.sockets) == 1)
            connections = slack.connections
            # Meanwhile the quarrel of before would open a dozen more.
            for number in range(40):
                await command_and_answer(slack, number)

            assert len(slack.sockets) == 1
            assert slack.connections <= connections + 1
    assert [line["event"] for line in lines] == ["slack_one_connection_for_now"]
    assert slack.calls["apps.connections.open"] <= 6


async def test_a_refused_second_connection_is_let_be_for_a_while() -> None:
    slack = OneSocketSlack("is refused")
    with structlog.testing.capture_logs() as lines:
        async with connected(slack, PACE):
            await until(lambda: [line for line in lines if line["event"] == "slack_one_connection_for_now"])

            assert len(slack.sockets) == 1
    assert slack.calls["apps.connections.open"] == 2


async def test_two_are_tried_again_later() -> None:
    slack = OneSocketSlack("closes the first")
    async with connected(slack, replace(PACE, single_s=0.2)):
        with structlog.testing.capture_logs() as lines:
            await until(lambda: lines)
        slack.second = "is kept"

        await until(lambda: len(slack.sockets) == 2)


async def test_a_connection_on_which_nothing_comes_is_made_anew() -> None:
    slack = OneSocketSlack("is kept")
    with structlog.testing.capture_logs() as lines:
        async with connected(slack, replace(PACE, silent_s=0.2)):
            await until(lambda: slack.connections >= 4)

    assert "slack_connection_silent" in {line["event"] for line in lines}


async def test_what_comes_over_a_connection_reaches_the_app_and_is_acknowledged() -> None:
    slack = OneSocketSlack("is kept")
    async with connected(slack, PACE) as app:
        app.command("/giftcard")(answers)
        await until(lambda: len(slack.sockets) == 2)
        for number, socket in enumerate(slack.sockets):
            await send_command(socket, number)
        await until(lambda: len(slack.acks) == 2)

    assert {json.loads(ack)["envelope_id"] for ack in slack.acks} == {"e0", "e1"}
