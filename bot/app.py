"""The composition root: the only module that knows every other."""

import asyncio
import resource
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from typing import Any, TypeVar

import structlog
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from starlette.routing import Route

from bot.accounts import keep_account_when_known, keep_accounts, keep_workspace
from bot.config import ConfigError, Settings, load_policy
from bot.operator.hatch import serve_hatch
from bot.providers.contract import Provider
from bot.providers.octopus import OctopusCards
from bot.providers.octopus.webhooks import read_event
from bot.slack_client import authorize_as, forget_proxies, introduce, web_client
from bot.sockets import serve_sockets
from bot.transport import PortUnusable, serve_http, serve_webhooks
from bot.usecases.desk import Desk, Progress
from bot.usecases.keep_unread import keep_unread
from bot.usecases.record_start import record_start
from bot.usecases.settle_order import adopt_orphans
from bot.usecases.sync_catalogue import Synced, sync_catalogue
from bot.vendors import check_orders_have_vendors, lock_accounts, open_vendors
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
_FINISH_WITHIN_S = 4.0  # of the 5 s an operator waits for a stop


class WrongEnvironment(ConfigError):
    """The database was used with live systems and is now opened with stand-ins, or the other way round."""


async def run(settings: Settings, *, http_port: int | None = None, host: str = "127.0.0.1") -> None:
    """Run the bot until SIGINT or SIGTERM. `http_port` None means Socket Mode.

    Raises ConfigError, AnotherAccount and VendorNotSetUp among them, and the store's own errors.
    """
    # So that no core file ever holds codes or keys.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    async with _open_desk(settings) as desk:
        working = asyncio.create_task(_work(settings, desk, http_port=http_port, host=host))
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, working.cancel)
        try:
            await working
        except asyncio.CancelledError:
            log.info("bot_stopped")


async def sync_once(settings: Settings, watch: Callable[[Progress], None]) -> list[Synced]:
    """Bring the catalogue up to date and return: also what of it broke off."""
    async with _open_desk(settings) as desk:
        return await sync_catalogue(desk, watch)


async def with_desk(settings: Settings, work: Callable[[Desk], Awaitable[A]]) -> A:
    """Do something at the desk while no bot runs. Raises as `run` does, and ProviderError."""
    async with _open_desk(settings) as desk:
        check_orders_have_vendors(desk)
        await keep_accounts(desk)
        return await work(desk)


@asynccontextmanager
async def _open_desk(settings: Settings) -> AsyncIterator[Desk]:
    """Store, vendors and policy together. Raises ConfigError and the store's own errors."""
    environment = settings.environment
    policy = load_policy(settings.policy)
    providers = open_vendors(settings)
    keys = Keyring([key.get_secret_value() for key in settings.keys])
    async with AsyncExitStack() as stack:
        store = stack.enter_context(closing(Store.open(settings.database, keys)))
        _keep_environment(store, environment)
        stack.enter_context(lock_accounts(settings, providers))
        desk = Desk(
            store=store,
            providers=providers,
            policy=policy,
            environment=environment,
            clock=lambda: datetime.now(UTC),
        )
        for provider in providers.values():
            stack.push_async_callback(provider.aclose)
            provider.keep_unread = partial(keep_unread, desk)
        yield desk


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


async def _work(settings: Settings, desk: Desk, *, http_port: int | None, host: str) -> None:
    if settings.slack_is_on_this_machine:
        forget_proxies()
    client = web_client(settings, settings.slack_bot_token)
    us = await introduce(client)
    check_orders_have_vendors(desk)
    keep_workspace(desk, us.team_id)
    desk.workspace_url = us.url
    record_start(desk, settings.policy, mixed=settings.slack_environment != settings.vendor_environment)
    background = Background()
    front = Front(
        desk=desk,
        people=People(client, us.team_id, desk.policy.groups),
        background=background,
        approvals_channel=settings.approvals_channel,
    )
    app = AsyncApp(
        client=web_client(settings),  # without a token, which is what `authorize` gives each request
        authorize=authorize_as(us, settings.slack_bot_token),
        signing_secret=_reveal(settings.slack_signing_secret),
        # Otherwise Bolt polls for the ack every 10 ms, and an error right after it un-acks the request.
        process_before_response=True,
    )
    register(app, front)
    ours: list[DueWorker[Any, Any]] = [
        outbox_worker(desk, Messenger(client, front).deliver),
        alarm_worker(desk),
    ]
    vendors: dict[str, list[DueWorker[Any, Any]]] = {
        name: [order_worker(desk, name), event_worker(desk, name), refund_worker(desk, name)]
        for name in desk.providers
    }
    workers = [*ours, *chain.from_iterable(vendors.values())]

    def wake() -> None:
        for worker in workers:
            worker.bell.ring()

    desk.wake = wake
    orphans = adopt_orphans(desk)
    up = asyncio.Event()
    essential = [
        asyncio.create_task(_serve(settings, desk, app, http_port=http_port, host=host, up=up)),
        asyncio.create_task(_deal_with_vendors(settings, desk, vendors)),
    ]
    loops = [
        *essential,
        *(asyncio.create_task(worker.run()) for worker in ours),
        asyncio.create_task(keep_catalogue_fresh(desk)),
        asyncio.create_task(_say_when_ready(up, desk.environment, orphans)),
    ]
    try:
        ended, _ = await asyncio.wait(essential, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    except PortUnusable as unusable:
        raise ConfigError(str(unusable)) from unusable
    finally:
        log.info("bot_stopping")
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await asyncio.gather(
            *(worker.stop(_FINISH_WITHIN_S) for worker in workers), background.stop(_FINISH_WITHIN_S)
        )


async def _serve(
    settings: Settings, desk: Desk, app: AsyncApp, *, http_port: int | None, host: str, up: asyncio.Event
) -> None:
    """Answer Slack over one of its two transports, and the vendors beside it."""
    webhooks = _webhooks(settings, desk)
    if http_port is not None:
        await serve_http(app, host=host, port=http_port, up=up, webhooks=webhooks)
        return
    assert settings.slack_app_token, "Socket Mode settings have one"
    client = web_client(settings, settings.slack_app_token)
    serving = [serve_sockets(app, web_client=client, up=up)]
    if settings.webhook_port is not None:
        serving.append(serve_webhooks(webhooks, host=host, port=settings.webhook_port))
    await asyncio.gather(*serving)


async def _deal_with_vendors(
    settings: Settings, desk: Desk, workers: Mapping[str, Iterable[DueWorker[Any, Any]]]
) -> None:
    vendors = [_deal_with(desk, provider, workers[name]) for name, provider in desk.providers.items()]
    await asyncio.gather(*vendors, serve_hatch(desk, settings.database))


async def _deal_with(desk: Desk, provider: Provider, workers: Iterable[DueWorker[Any, Any]]) -> None:
    """Nothing is bought or looked up before we know that it is the account the orders are at."""
    await keep_account_when_known(desk, provider)
    await asyncio.gather(*(worker.run() for worker in workers), match_daily(desk, provider))


def _webhooks(settings: Settings, desk: Desk) -> list[Route]:
    """One path for each vendor whose webhook secret we have."""
    secret = _reveal(settings.octopus.webhook_secret) if settings.octopus else None
    return [webhook_route(desk, OctopusCards.name, partial(read_event, secret))] if secret else []


async def _say_when_ready(up: asyncio.Event, environment: str, orphans: int) -> None:
    await up.wait()
    log.info("bot_ready", environment=environment, orders_to_look_up=orphans)


def _reveal(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
