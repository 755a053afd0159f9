"""One life of the bot: the real command, told where to die, in a process of its own.

Production code has no crash hooks: everything here wraps it from outside. Lives are forked from a server
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
import bot.providers.cardpluspay.client
import bot.providers.octopus.client
import bot.workers.bell
import store.store
from bot.cli import main
from bot.providers.http.pace import Bucket
from bot.providers.http.transport import Transport, _trusted
from tests.acceptance.crash.deadly import arm, is_purchase
from tests.acceptance.crash.hurry import Hurry
from tests.acceptance.crash.points import POINTS

_trusted()  # loaded once, before the fork
_fork = multiprocessing.get_context("forkserver")
# What the libraries would import in every life, at their first request.
_LAZY = [
    "anyio._backends._asyncio",
    "anyio.streams.tls",
    "babel.dates",
    "bot.logs",
    "httpcore._async.http11",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.auto",
]
_fork.set_forkserver_preload([__name__, *_LAZY])


@dataclass(frozen=True)
class Life:
    """`dies` is a point of a purchase with `vendor`.

    `on_purchase` and `on_read` are faults for the vendor's stand-in, as its header takes them. The first hits
    the first order that is sent in any life, unless it is `lasting`; `patience_s` is how long we then listen.
    """

    folder: Path
    env: Mapping[str, str]
    time: Hurry
    vendor: str
    dies: str | None = None
    on_purchase: str = ""
    on_read: str = ""
    lasting: bool = False
    patience_s: float | None = None
    command: tuple[str, ...] = field(default=("run", "--http", "0"))

    def start(self) -> ForkServerProcess:
        process = _fork.Process(target=_live, args=(self,), daemon=True)
        process.start()
        return process


def _live(life: Life) -> None:
    with (life.folder / "bot.log").open("ab", buffering=0) as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    sys.stdout = sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115  # lives as long as we
    os.environ.clear()
    os.environ.update(life.env)
    os.chdir(life.folder)
    _let_time_pass_faster(life.time)
    _ask_for_faults(life)
    if life.dies:
        arm(POINTS[life.vendor][life.dies])
    main(list(life.command))


def _let_time_pass_faster(time: Hurry) -> None:
    class Fast(datetime):
        @classmethod
        def now(cls, _tz: Any = None) -> datetime:  # type: ignore[override]
            return time.now()

    for module in (bot.app, store.store, bot.providers.cardpluspay.client, bot.providers.octopus.client):
        module.datetime = Fast  # type: ignore[attr-defined]
    bot.workers.bell._LOOK_ANYWAY_AFTER_S /= min(time.speed, 10)  # more would only warm the processor
    full = Bucket.__init__

    def larger(self: Bucket, quota: int, now: Callable[[], float] = monotonic) -> None:
        full(self, round(quota * time.speed), now)  # a minute is over sooner

    Bucket.__init__ = larger  # type: ignore[method-assign]


def _ask_for_faults(life: Life) -> None:
    original, used = Transport._exchange, life.folder / "fault-used"

    async def asking(self: Transport, request: Any, heard: Any) -> Any:
        fault = ""
        if is_purchase(request):
            if life.lasting or not used.exists():
                used.touch()
                fault = life.on_purchase
                if life.patience_s is not None:
                    request.extensions["timeout"]["read"] = life.patience_s
        elif "/orders/" in request.url.path:
            fault = life.on_read
        if fault:
            request.headers["X-Sandbox-Fault"] = fault
        return await original(self, request, heard)

    Transport._exchange = asking  # type: ignore[method-assign]


def now() -> datetime:
    return datetime.now(UTC)
