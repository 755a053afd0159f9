"""How a command reaches the running bot: a socket beside the database, for the user who owns that alone.

The bot is the only writer of its database, so what has to write is handed to it.
"""

import asyncio
import json
import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import structlog

from bot.ops.actions import reconcile_books, settle
from bot.ops.report import Report
from bot.services.context import AppContext

log = structlog.get_logger(__name__)
_LONGEST_LINE = 64 * 1024
_PATIENCE_S = 15 * 60.0  # a match of large books reads many pages


class BotNotRunning(Exception):
    """No bot answers for this database."""


def control_socket_path(database: Path) -> Path:
    return Path(f"{database.expanduser().resolve()}.sock")


async def serve_control_socket(ctx: AppContext, database: Path) -> None:
    """Until cancelled. Where no socket can be made the bot runs without: commands then say what they miss."""
    path = control_socket_path(database)
    running: set[asyncio.Task[None]] = set()
    mask = os.umask(0o177)  # before it exists, so that it never is anybody else's
    try:
        path.unlink(missing_ok=True)  # of a bot that was killed: we own the database, so nobody serves it
        server = await asyncio.start_unix_server(_answering(ctx, running), path, limit=_LONGEST_LINE)
    except OSError as error:
        log.warning("operator_socket_unavailable", path=str(path), why=str(error))
        return
    finally:
        os.umask(mask)
    try:
        await asyncio.Event().wait()
    finally:
        server.close()
        path.unlink(missing_ok=True)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def ask_running_bot(database: Path, **request: str) -> Report:
    """Have the bot that owns this database do it. Raises NobodyThere."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(_PATIENCE_S)
        try:
            line.connect(str(control_socket_path(database)))
            line.sendall(json.dumps(request).encode() + b"\n")
            with line.makefile("rb") as answers:
                answer = json.loads(answers.readline())
        except (OSError, ValueError) as error:
            raise BotNotRunning from error
    return Report(tuple(answer["lines"]), answer["status"])


def _answering(
    ctx: AppContext, running: set[asyncio.Task[None]]
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            report = await _do(ctx, json.loads(await reader.readline()))
            writer.write(json.dumps({"lines": report.lines, "status": report.status}).encode() + b"\n")
            await writer.drain()
        except Exception:  # the hatch outlives any fault in one request; the operator sees it in the log
            log.exception("operator_request_failed")
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(answer(reader, writer))
        running.add(task)
        task.add_done_callback(running.discard)

    return accept


async def _do(ctx: AppContext, request: Mapping[str, Any]) -> Report:
    match request:
        case {"do": "match"}:
            return await reconcile_books(ctx)
        case {"do": "settle", "reference": str(reference)}:
            return await settle(ctx, reference, workers_run=True)
    return Report(("The running bot is of another version. Restart it.",), 2)
