"""One run of the bot: the real command, told where to kill itself, in a process of its own.

Production code has no crash hooks: everything here wraps it from outside. Runs are forked from a server
that has imported the bot already, because there are hundreds of them.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from time import monotonic
from typing import Any

import bot.app
import bot.vendors.cardpluspay.client
import bot.vendors.octopus.client
import bot.workers.wake_event
import store.store
from bot.cli.main import main
from bot.vendors.http.rate_limit import TokenBucket
from bot.vendors.http.transport import Transport
from tests.acceptance.crash.accelerated_clock import AcceleratedClock
from tests.acceptance.crash.kill_points import POINTS
from tests.acceptance.crash.kill_switch import arm, is_purchase

_fork = multiprocessing.get_context("forkserver")
_fork.set_forkserver_preload(["tests.acceptance.crash.before_fork"])


@dataclass(frozen=True)
class BotRun:
    """`dies` is a point of a purchase with `vendor`.

    `on_purchase` and `on_read` are faults for the vendor's stand-in, as its header takes them. The first hits
    the first order that is sent in any run, unless it is `lasting`; `patience_s` is how long we then listen.
    """

    folder: Path
    env: Mapping[str, str]
    time: AcceleratedClock
    vendor: str
    dies: str | None = None
    on_purchase: str = ""
    on_read: str = ""
    lasting: bool = False
    patience_s: float | None = None
    command: tuple[str, ...] = field(default=("run", "--http", "0"))

    def start(self) -> ForkServerProcess:
        process = _fork.Process(target=_run, args=(self,), daemon=True)
        process.start()
        return process


def _run(bot_run: BotRun) -> None:
    with (bot_run.folder / "bot.log").open("ab", buffering=0) as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    sys.stdout = sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115  # open as long as the process
    os.environ.clear()
    os.environ.update(bot_run.env)
    os.chdir(bot_run.folder)
    _accelerate_time(bot_run.time)
    _ask_for_faults(bot_run)
    if bot_run.dies:
        arm(POINTS[bot_run.vendor][bot_run.dies])
    main(list(bot_run.command))


def _accelerate_time(time: AcceleratedClock) -> None:
    class Fast(datetime):
        @classmethod
        def now(cls, _tz: Any = None) -> datetime:  # type: ignore[override]
            return time.now()

    for module in (bot.app, store.store, bot.vendors.cardpluspay.client, bot.vendors.octopus.client):
        module.datetime = Fast  # type: ignore[attr-defined]
    bot.workers.wake_event.LOOK_ANYWAY_AFTER_S /= min(time.speed, 10)  # more would only warm the processor
    full = TokenBucket.__init__

    def larger(self: TokenBucket, quota: int, now: Callable[[], float] = monotonic) -> None:
        full(self, round(quota * time.speed), now)  # a minute is over sooner

    TokenBucket.__init__ = larger  # type: ignore[method-assign]


def _ask_for_faults(bot_run: BotRun) -> None:
    original, used = Transport.exchange, bot_run.folder / "fault-used"

    async def asking(self: Transport, request: Any, heard: Any) -> Any:
        fault = ""
        if is_purchase(request):
            if bot_run.lasting or not used.exists():
                used.touch()
                fault = bot_run.on_purchase
                if bot_run.patience_s is not None:
                    request.extensions["timeout"]["read"] = bot_run.patience_s
        elif "/orders/" in request.url.path:
            fault = bot_run.on_read
        if fault:
            request.headers["X-Sandbox-Fault"] = fault
        return await original(self, request, heard)

    Transport.exchange = asking  # type: ignore[method-assign, assignment]


def now() -> datetime:
    return datetime.now(UTC)
