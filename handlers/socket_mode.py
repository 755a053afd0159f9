"""Socket Mode over two connections, so that one answers while the other reconnects.

Slack keeps up to ten connections of an app. Some stand-ins close the older one instead: there we use one.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, time

import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ReconnectPolicy:
    """Times in seconds. After a connection of less than `short_s` the next one waits, longer each time."""

    short_s: float = 5
    first_pause_s: float = 1
    longest_pause_s: float = 30
    single_s: float = 600  # with one connection, before two are tried again
    connect_s: float = 60  # the address to connect to is valid for half a minute
    silent_s: float = 120  # without a ping, which come every few seconds


_EVICTIONS_BEFORE_SINGLE = 3  # short connections in a row


class _ConnectionHistory:
    """Remembers how long connections lived, of both together."""

    def __init__(self, policy: ReconnectPolicy) -> None:
        self._policy = policy
        self._short_in_a_row = 0
        self.evicting = asyncio.Event()

    def ended(self, lived_s: float) -> float:
        """A connection ended: how long the next one should wait."""
        if lived_s >= self._policy.short_s:
            self.forget()
            return 0
        self._short_in_a_row += 1
        if self._short_in_a_row >= _EVICTIONS_BEFORE_SINGLE:
            self.evicting.set()
        doubled = self._policy.first_pause_s * 2.0 ** min(self._short_in_a_row - 1, 10)
        return min(float(doubled), self._policy.longest_pause_s)

    def forget(self) -> None:
        self._short_in_a_row = 0
        self.evicting.clear()


class _Connection(SocketModeClient):
    """One connection, which reconnects by itself."""

    def __init__(self, app: AsyncApp, web_client: AsyncWebClient, history: _ConnectionHistory) -> None:
        super().__init__(web_client.token or "", web_client=web_client, logger=app.logger, ping_interval=10)
        self.proxy = web_client.proxy  # else the SDK takes the environment's
        self._history = history
        self._app = app
        self._since: float | None = None
        self._texts = 0
        self.socket_mode_request_listeners.append(self._answer)

    async def issue_new_wss_url(self) -> str:
        """The SDK calls this before every connection."""
        if self._since is not None:
            await asyncio.sleep(self._history.ended(monotonic() - self._since))
        url = await super().issue_new_wss_url()
        self._since = monotonic()
        return url

    async def enqueue_message(self, message: str) -> None:
        self._texts += 1
        await super().enqueue_message(message)

    async def silence(self, for_s: float) -> None:
        """Wait until nothing came for that long: no message, and no answer to our pings."""
        before = None
        while (heard := (self._texts, self.last_ping_pong_time)) != before:
            before = heard
            await asyncio.sleep(for_s)

    async def _answer(self, _: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        began = time()
        response = await run_async_bolt_app(self._app, request)
        await send_async_response(self, request, response, began)


async def serve_socket_mode(
    app: AsyncApp, *, web_client: AsyncWebClient, ready: asyncio.Event, policy: ReconnectPolicy | None = None
) -> None:
    """Serve until cancelled; set `ready` on the first connection. `web_client` has the app-level token."""
    policy = policy or ReconnectPolicy()
    history = _ConnectionHistory(policy)

    def connection() -> _Connection:
        return _Connection(app, web_client, history)

    async with asyncio.TaskGroup() as connections:
        connections.create_task(_keep_up(connection, policy, on_connected=ready.set, on_failed=lambda: None))
        await ready.wait()
        while True:
            second = connections.create_task(
                _keep_up(connection, policy, on_connected=lambda: None, on_failed=history.evicting.set)
            )
            await history.evicting.wait()
            log.warning("slack_one_connection_for_now", two_again_in_s=policy.single_s)
            second.cancel()
            await asyncio.wait([second])
            await asyncio.sleep(policy.single_s)
            history.forget()


async def _keep_up(
    new_connection: Callable[[], _Connection],
    policy: ReconnectPolicy,
    *,
    on_connected: Callable[[], None],
    on_failed: Callable[[], None],
) -> None:
    """Connect again and again, each time until the connection is silent."""
    while True:
        connection = new_connection()
        try:
            async with asyncio.timeout(policy.connect_s):
                await connection.connect()  # type: ignore[no-untyped-call]
            on_connected()
            await connection.silence(policy.silent_s)
            log.warning("slack_connection_silent", for_s=policy.silent_s)
        except TimeoutError:
            log.warning("slack_socket_failed", within_s=policy.connect_s)
            on_failed()
        finally:
            await connection.close()  # type: ignore[no-untyped-call]
