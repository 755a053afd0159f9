"""The composition root: the only module that knows every other."""

import asyncio
import resource
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from typing import Any, TypeVar

import structlog
from slack_bolt.async_app import AsyncApp

from bot.config import ConfigError, ConfigProblem, InvalidSettings, Settings, load_policy
from bot.ops.control.server import serve_control_socket
from bot.ops.guards.account_lock import lock_accounts
from bot.ops.guards.accounts import check_account_when_reachable, check_accounts, check_workspace
from bot.ops.guards.environment import check_environment
from bot.ops.guards.open_orders import check_orders_have_vendors
from bot.ops.slack_client import slack_client
from bot.services.context import AppContext
from bot.services.purchase.recover import recover_interrupted_orders
from bot.services.purchase.save_unparsed_response import save_unparsed_response
from bot.services.record_start import record_start
from bot.services.runtime_status import SyncProgress
from bot.services.sync_catalogue import SyncResult, sync_catalogue
from bot.vendors.contract import Vendor
from bot.vendors.plugin import VendorPlugin
from bot.vendors.settings import UnusableSetting
from bot.web.server import PortUnusable, serve_http, serve_webhooks
from bot.web.webhooks import webhook_routes
from bot.workers.catalogue import keep_catalogue_fresh
from bot.workers.reconcile import reconcile_daily
from bot.workers.registry import Worker, shared_workers, vendor_workers, wake
from bot.workers.supervisor import run_loops
from handlers.bolt_app import SlackApp, slack_app
from handlers.client import InvalidToken, forget_proxies, identify_bot
from handlers.socket_mode import serve_socket_mode
from store import Keyring, Store

log = structlog.get_logger(__name__)
A = TypeVar("A")
_FINISH_WITHIN_S = 3.0  # of the 5 s an operator waits for a stop: closing takes long on a busy machine


async def run(settings: Settings, *, http_port: int | None = None, host: str = "127.0.0.1") -> None:
    """Run the bot until SIGINT or SIGTERM. `http_port` None means Socket Mode.

    Raises ConfigError, AccountMismatch and VendorNotConfigured among them, and the store's own errors.
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
        except (PortUnusable, InvalidToken) as error:
            raise ConfigError(str(error)) from error


async def sync_once(settings: Settings, watch: Callable[[SyncProgress], None]) -> list[SyncResult]:
    """Bring the catalogue up to date once; results tell which vendors failed."""
    async with _open_context(settings) as ctx:
        return await sync_catalogue(ctx, watch)


async def with_context(settings: Settings, work: Callable[[AppContext], Awaitable[A]]) -> A:
    """Do something in this process while no bot runs. Raises as `run` does, and VendorError."""
    async with _open_context(settings) as ctx:
        await check_orders_have_vendors(ctx)
        await check_accounts(ctx)
        return await work(ctx)


@asynccontextmanager
async def _open_context(settings: Settings) -> AsyncIterator[AppContext]:
    """Store, vendors and policy together. Raises ConfigError and the store's own errors."""
    environment = settings.environment
    policy = load_policy(settings.policy)
    vendors = open_vendors(settings.vendors)
    keys = Keyring([key.get_secret_value() for key in settings.keys])
    async with AsyncExitStack() as stack:
        store = stack.enter_context(closing(Store.open(settings.database, keys)))
        await check_environment(store, environment)
        stack.enter_context(lock_accounts(settings.vendors, vendors, settings.database))
        ctx = AppContext(store, vendors, policy, environment, clock=lambda: datetime.now(UTC))
        for vendor in vendors.values():
            stack.push_async_callback(vendor.aclose)
            vendor.save_unparsed_response = partial(save_unparsed_response, ctx)
        yield ctx


def open_vendors(plugins: Iterable[VendorPlugin]) -> dict[str, Vendor]:
    """By name, in the order of the registry. Raises InvalidSettings."""
    try:
        return {plugin.name: plugin.open_client() for plugin in plugins}
    except UnusableSetting as error:
        raise InvalidSettings([ConfigProblem(error.variable, error.what, error.hint)]) from error


async def _work(settings: Settings, ctx: AppContext, *, http_port: int | None, host: str) -> None:
    slack = await _connect_to_slack(settings, ctx)
    await record_start(ctx, settings.policy, mixed=settings.slack_environment != settings.vendor_environment)
    shared = shared_workers(ctx, slack.dispatcher.deliver)
    by_vendor = {name: vendor_workers(ctx, name) for name in ctx.vendors}
    workers = [*shared, *chain.from_iterable(by_vendor.values())]
    ctx.runtime.wake = partial(wake, workers)
    interrupted = await recover_interrupted_orders(ctx)
    ready = asyncio.Event()
    loops = [
        *_servers(settings, ctx, slack.bolt, http_port=http_port, host=host, ready=ready),
        serve_control_socket(ctx, settings.database),
        keep_catalogue_fresh(ctx),
        *(worker.run() for worker in shared),
        *(_run_vendor(ctx, vendor, by_vendor[name]) for name, vendor in ctx.vendors.items()),
        _log_when_ready(ready, ctx.environment, interrupted),
    ]
    await run_loops(loops, finish=[*workers, slack.background], within_s=_FINISH_WITHIN_S)


async def _connect_to_slack(settings: Settings, ctx: AppContext) -> SlackApp:
    if settings.slack_is_on_this_machine:
        forget_proxies()
    client = slack_client(settings, settings.slack_bot_token)
    identity = await identify_bot(client)
    await check_orders_have_vendors(ctx)
    await check_workspace(ctx, identity.team_id)
    ctx.workspace_url = identity.url
    return slack_app(
        ctx,
        identity,
        client=client,
        client_without_token=slack_client(settings),
        token=settings.slack_bot_token,
        signing_secret=settings.slack_signing_secret,
        approvals_channel=settings.approvals_channel,
    )


def _servers(
    settings: Settings,
    ctx: AppContext,
    app: AsyncApp,
    *,
    http_port: int | None,
    host: str,
    ready: asyncio.Event,
) -> list[Coroutine[Any, Any, None]]:
    """For Slack's requests, by HTTP or Socket Mode, and for the vendors' webhooks."""
    webhooks = webhook_routes(ctx, settings.vendors)
    if http_port is not None:
        return [serve_http(app, host=host, port=http_port, ready=ready, webhooks=webhooks)]
    assert settings.slack_app_token, "Socket Mode settings have one"
    client = slack_client(settings, settings.slack_app_token)
    servers = [serve_socket_mode(app, web_client=client, ready=ready)]
    if settings.webhook_port is not None:
        servers.append(serve_webhooks(webhooks, host=host, port=settings.webhook_port))
    return servers


async def _run_vendor(ctx: AppContext, vendor: Vendor, workers: Iterable[Worker]) -> None:
    """Nothing is bought or looked up before the account is known to be the one that has the orders."""
    await check_account_when_reachable(ctx, vendor)
    await asyncio.gather(*(worker.run() for worker in workers), reconcile_daily(ctx, vendor))


async def _log_when_ready(ready: asyncio.Event, environment: str, interrupted: int) -> None:
    await ready.wait()
    log.info("bot_ready", environment=environment, orders_to_look_up=interrupted)
