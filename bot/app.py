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

from bot.config import ConfigError, Settings, load_policy
from bot.ops.control_socket import serve_control_socket
from bot.ops.guards.accounts import check_account_when_reachable, check_accounts, check_workspace
from bot.services.context import AppContext
from bot.services.purchase.recover import recover_interrupted_orders
from bot.services.purchase.save_unparsed_response import save_unparsed_response
from bot.services.record_start import record_start
from bot.services.runtime_status import SyncProgress
from bot.services.sync_catalogue import SyncResult, sync_catalogue
from bot.vendors.contract import Vendor
from bot.vendors.octopus import OctopusCards
from bot.vendors.octopus.webhooks import read_event
from bot.vendors.registry import check_orders_have_vendors, lock_accounts, open_vendors
from bot.web.server import PortUnusable, serve_http, serve_webhooks
from bot.web.webhooks import webhook_route
from bot.workers.catalogue import keep_catalogue_fresh
from bot.workers.escalation import escalation_worker
from bot.workers.events import event_worker
from bot.workers.orders import order_worker
from bot.workers.outbox import outbox_worker
from bot.workers.polling import PollingWorker
from bot.workers.reconcile import reconcile_daily
from bot.workers.refunds import refund_worker
from handlers.background_tasks import BackgroundTasks
from handlers.client import authorize_as, forget_proxies, identify_bot, web_client
from handlers.listeners import register
from handlers.outbox_dispatcher import OutboxDispatcher
from handlers.slack_context import SlackContext
from handlers.socket_mode import serve_socket_mode
from handlers.user_directory import UserDirectory
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
    async with _open_context(settings) as ctx:
        working = asyncio.create_task(_work(settings, ctx, http_port=http_port, host=host))
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, working.cancel)
        try:
            await working
        except asyncio.CancelledError:
            log.info("bot_stopped")


async def sync_once(settings: Settings, watch: Callable[[SyncProgress], None]) -> list[SyncResult]:
    """Bring the catalogue up to date and return: also what of it broke off."""
    async with _open_context(settings) as ctx:
        return await sync_catalogue(ctx, watch)


async def with_context(settings: Settings, work: Callable[[AppContext], Awaitable[A]]) -> A:
    """Do something at the desk while no bot runs. Raises as `run` does, and ProviderError."""
    async with _open_context(settings) as ctx:
        check_orders_have_vendors(ctx)
        await check_accounts(ctx)
        return await work(ctx)


@asynccontextmanager
async def _open_context(settings: Settings) -> AsyncIterator[AppContext]:
    """Store, vendors and policy together. Raises ConfigError and the store's own errors."""
    environment = settings.environment
    policy = load_policy(settings.policy)
    vendors = open_vendors(settings)
    keys = Keyring([key.get_secret_value() for key in settings.keys])
    async with AsyncExitStack() as stack:
        store = stack.enter_context(closing(Store.open(settings.database, keys)))
        _keep_environment(store, environment)
        stack.enter_context(lock_accounts(settings, vendors))
        ctx = AppContext(
            store=store,
            vendors=vendors,
            policy=policy,
            environment=environment,
            clock=lambda: datetime.now(UTC),
        )
        for vendor in vendors.values():
            stack.push_async_callback(vendor.aclose)
            vendor.save_unparsed_response = partial(save_unparsed_response, ctx)
        yield ctx


def _keep_environment(store: Store, environment: str) -> None:
    used_in = store.key_values.get("environment")
    if used_in is None:
        with store.transaction():
            store.key_values.set("environment", environment)
    elif used_in != environment:
        raise WrongEnvironment(
            f"This database belongs to {used_in} systems, and the settings are for {environment} ones. "
            "Give GIFTCARD_DB another path."
        )


async def _work(settings: Settings, ctx: AppContext, *, http_port: int | None, host: str) -> None:
    if settings.slack_is_on_this_machine:
        forget_proxies()
    client = web_client(settings, settings.slack_bot_token)
    us = await identify_bot(client)
    check_orders_have_vendors(ctx)
    check_workspace(ctx, us.team_id)
    ctx.workspace_url = us.url
    record_start(ctx, settings.policy, mixed=settings.slack_environment != settings.vendor_environment)
    background = BackgroundTasks()
    slack_ctx = SlackContext(
        ctx=ctx,
        people=UserDirectory(client, us.team_id, ctx.policy.groups),
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
    register(app, slack_ctx)
    ours: list[PollingWorker[Any, Any]] = [
        outbox_worker(ctx, OutboxDispatcher(client, slack_ctx).deliver),
        escalation_worker(ctx),
    ]
    vendors: dict[str, list[PollingWorker[Any, Any]]] = {
        name: [order_worker(ctx, name), event_worker(ctx, name), refund_worker(ctx, name)]
        for name in ctx.vendors
    }
    workers = [*ours, *chain.from_iterable(vendors.values())]

    def wake() -> None:
        for worker in workers:
            worker.wake_event.set()

    ctx.runtime.wake = wake
    interrupted = recover_interrupted_orders(ctx)
    ready = asyncio.Event()
    essential = [
        asyncio.create_task(_serve(settings, ctx, app, http_port=http_port, host=host, ready=ready)),
        asyncio.create_task(_run_vendors(settings, ctx, vendors)),
    ]
    loops = [
        *essential,
        *(asyncio.create_task(worker.run()) for worker in ours),
        asyncio.create_task(keep_catalogue_fresh(ctx)),
        asyncio.create_task(_log_when_ready(ready, ctx.environment, interrupted)),
    ]
    try:
        ended, _ = await asyncio.wait(essential, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    except PortUnusable as error:
        raise ConfigError(str(error)) from error
    finally:
        log.info("bot_stopping")
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await asyncio.gather(
            *(worker.stop(_FINISH_WITHIN_S) for worker in workers), background.stop(_FINISH_WITHIN_S)
        )


async def _serve(
    settings: Settings,
    ctx: AppContext,
    app: AsyncApp,
    *,
    http_port: int | None,
    host: str,
    ready: asyncio.Event,
) -> None:
    """Answer Slack over one of its two transports, and the vendors beside it."""
    webhooks = _webhooks(settings, ctx)
    if http_port is not None:
        await serve_http(app, host=host, port=http_port, ready=ready, webhooks=webhooks)
        return
    assert settings.slack_app_token, "Socket Mode settings have one"
    client = web_client(settings, settings.slack_app_token)
    serving = [serve_socket_mode(app, web_client=client, ready=ready)]
    if settings.webhook_port is not None:
        serving.append(serve_webhooks(webhooks, host=host, port=settings.webhook_port))
    await asyncio.gather(*serving)


async def _run_vendors(
    settings: Settings, ctx: AppContext, workers: Mapping[str, Iterable[PollingWorker[Any, Any]]]
) -> None:
    vendors = [_run_vendor(ctx, vendor, workers[name]) for name, vendor in ctx.vendors.items()]
    await asyncio.gather(*vendors, serve_control_socket(ctx, settings.database))


async def _run_vendor(ctx: AppContext, vendor: Vendor, workers: Iterable[PollingWorker[Any, Any]]) -> None:
    """Nothing is bought or looked up before we know that it is the account the orders are at."""
    await check_account_when_reachable(ctx, vendor)
    await asyncio.gather(*(worker.run() for worker in workers), reconcile_daily(ctx, vendor))


def _webhooks(settings: Settings, ctx: AppContext) -> list[Route]:
    """One path for each vendor whose webhook secret we have."""
    secret = _reveal(settings.octopus.webhook_secret) if settings.octopus else None
    return [webhook_route(ctx, OctopusCards.name, partial(read_event, secret))] if secret else []


async def _log_when_ready(ready: asyncio.Event, environment: str, interrupted: int) -> None:
    await ready.wait()
    log.info("bot_ready", environment=environment, orders_to_look_up=interrupted)


def _reveal(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
