"""What every run of the bot would do at its start, done once in the server that runs are forked from."""

import gc
import inspect
from importlib import import_module

from bot.vendors.http.transport import trusted_certificates

import_module("tests.acceptance.crash.bot_run")
for imported_late in (
    "anyio._backends._asyncio",
    "anyio.streams.tls",
    "babel.dates",
    "bot.cli.logs",
    "bot.vendors.octopus.webhooks",
    "httpcore._async.http11",
    "slack_bolt.listener_matcher.async_builtins",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
):
    import_module(imported_late)
trusted_certificates()
inspect.stack()  # Bolt asks for it, and Python keeps what it finds out about each module
gc.freeze()  # else the collector touches, and so copies, all memory of every run
