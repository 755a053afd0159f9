"""The composition root: the only module that knows every other."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import structlog
from aiohttp import ClientError
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import Route

from bot.config import ConfigError, Settings, load_policy
from bot.operator.hatch import serve_hatch
from bot.providers.octopus import QUOTAS, SANDBOX_QUOTAS, OctopusCards, Pace
from bot.providers.octopus.webhooks import read_event
from bot.transport import serve_http, serve_sockets, serve_webhooks
from bot.usecases.desk import Desk, Progress
from bot.usecases.settle_order import adopt_orphans
from bot.usecases.sync_catalogue import Synced, sync_catalogue
from bot.webhooks import webhook_route
from bot.workers.alarms import alarm_worker
from bot.workers.catalogue import keep_catalogue_fresh
from bot.workers.due import DueWorker
from bot.workers.events import event_worker
from bot.workers.match import match_daily
from bot.workers.orders import order_worker
from bot.workers.outbox import outbox_worker
from bot.workers.refunds import refund_worker
from handlers.background import Background
from handlers.front import Front
from handlers.listeners import register
from handlers.messenger import Messenger
from handlers.people import People
from store import Keyring, Store

log = structlog.get_logger(__name__)
A = TypeVar("A")
_SLACK_TIMEOUT_S = 10
_FINISH_WITHIN_S = 4.0  # of the 5 s an operator waits for a stop
_WAIT_FOR_SLACK_S = 2.0
# What Slack says of a token that no waiting will mend.
_BAD_TOKEN = {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}


class WrongEnvironment(ConfigError):
    """The database was used with live systems and is now opened with stand-ins, or the other way round."""


async def run(settings: Settings, *, http_port: int | None = None, host: str = "127.0.0.1") -> None:
    """Run the bot until SIGINT or SIGTERM. `http_port` None means Socket Mode. Raises as `open_desk` does."""
    desk = open_desk(settings)
    working = asyncio.create_task(_work(settings, desk, http_port=http_port, host=host))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, working.cancel)
    try:
        await working
    except asyncio.CancelledError:
        log.info("bot_stopped")
    finally:
        await _close(desk)


async def sync_once(settings: Settings, watch: Callable[[Progress], None]) -> list[Synced]:
    """Bring the catalogue up to date and return. Raises ProviderError."""
    desk = open_desk(settings)
    try:
        return await sync_catalogue(desk, watch)
    finally:
        await _close(desk)


async def with_desk(settings: Settings, work: Callable[[Desk], Awaitable[A]]) -> A:
    """Do something at the desk while no bot runs. Raises as `open_desk` does."""
    desk = open_desk(settings)
    try:
        return await work(desk)
    finally:
        await _close(desk)


def open_desk(settings: Settings) -> Desk:
    """Store, vendors and policy together. Raises ConfigError and the store's own errors."""
    environment = settings.environment
    policy = load_policy(settings.policy)
    keys = Keyring([key.get_secret_value() for key in settings.keys])
    store = Store.open(settings.database, keys)
    try:
        _keep_environment(store, environment)
    except WrongEnvironment:
        store.close()
        raise
    octopus = OctopusCards(
        settings.octopus_base_url,
        settings.octopus_api_key.get_secret_value(),
        settings.octopus_api_secret.get_secret_value(),
        pace=Pace(QUOTAS if settings.vendor_environment == "live" else SANDBOX_QUOTAS),
    )
    return Desk(
        store=store,
        providers={octopus.name: octopus},
        policy=policy,
        environment=environment,
        clock=lambda: datetime.now(UTC),
    )


def _keep_environment(store: Store, environment: str) -> None:
    used_in = store.facts.get("environment")
    if used_in is None:
        with store.transaction():
            store.facts.set("environment", environment)
    elif used_in != environment:
        raise WrongEnvironment(
            f"This database belongs to {used_in} systems, and the settings are for {environment} ones. "
            "Give GIFTCARD_DB another path."
        )


async def _introduce(client: AsyncWebClient, desk: Desk) -> str:
    """Ask Slack who we are, as long as it takes; our workspace's id. Raises ConfigError for a bad token."""
    while True:
        try:
            answer = await client.auth_test()
        except SlackApiError as refusal:
            error = str(refusal.response.get("error"))
            if error in _BAD_TOKEN:
                raise ConfigError(
                    f"Slack does not accept SLACK_BOT_TOKEN ({error}). `giftcard check` says more."
                ) from None
            log.warning("slack_not_ready", error=error)
        except (SlackClientError, ClientError, OSError, TimeoutError) as failure:
            log.warning("slack_not_reachable", why=type(failure).__name__)
        else:
            desk.workspace_url = str(answer.get("url") or "")
            return str(answer["team_id"])
        await asyncio.sleep(_WAIT_FOR_SLACK_S)


async def _work(settings: Settings, desk: Desk, *, http_port: int | None, host: str) -> None:
    client = AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=_SLACK_TIMEOUT_S,
    )
    team_id = await _introduce(client, desk)
    background = Background()
    front = Front(
        desk=desk,
        people=People(client, team_id, desk.policy.groups),
        background=background,
        approvals_channel=settings.approvals_channel,
    )
    app = AsyncApp(
        client=client,
        signing_secret=_reveal(settings.slack_signing_secret),
        # Otherwise Bolt polls for the ack every 10 ms, and an error right after it un-acks the request.
        process_before_response=True,
    )
    register(app, front)
    workers: list[DueWorker[Any, Any]] = [
        order_worker(desk),
        outbox_worker(desk, Messenger(client, front).deliver),
        event_worker(desk),
        refund_worker(desk),
        alarm_worker(desk),
    ]

    def wake() -> None:
        for worker in workers:
            worker.bell.ring()

    desk.wake = wake
    orphans = adopt_orphans(desk)
    up = asyncio.Event()
    webhooks = _webhooks(settings, desk)
    loops = [
        *(asyncio.create_task(worker.run()) for worker in workers),
        asyncio.create_task(keep_catalogue_fresh(desk)),
        asyncio.create_task(match_daily(desk)),
        asyncio.create_task(serve_hatch(desk, settings.database)),
        asyncio.create_task(_say_when_ready(up, desk.environment, orphans)),
    ]
    try:
        if http_port is not None:
            await serve_http(app, host=host, port=http_port, up=up, webhooks=webhooks)
        else:
            app_token = _reveal(settings.slack_app_token) or ""
            if settings.webhook_port is not None:
                beside = serve_webhooks(webhooks, host=host, port=settings.webhook_port)
                loops.append(asyncio.create_task(beside))
            await serve_sockets(app, app_token=app_token, base_url=settings.slack_api_url, up=up)
    finally:
        log.info("bot_stopping")
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await asyncio.gather(
            *(worker.stop(_FINISH_WITHIN_S) for worker in workers), background.stop(_FINISH_WITHIN_S)
        )


def _webhooks(settings: Settings, desk: Desk) -> list[Route]:
    """One path for each vendor whose webhook secret we have."""
    secret = _reveal(settings.octopus_webhook_secret)
    return [webhook_route(desk, OctopusCards.name, partial(read_event, secret))] if secret else []


async def _say_when_ready(up: asyncio.Event, environment: str, orphans: int) -> None:
    await up.wait()
    log.info("bot_ready", environment=environment, orders_to_look_up=orphans)


async def _close(desk: Desk) -> None:
    for provider in desk.providers.values():
        await provider.aclose()
    desk.store.close()


def _reveal(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
