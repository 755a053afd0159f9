"""The bot's side of the control socket. Only the user who owns the bot can open it."""

import asyncio
import os
import socket
from collections.abc import Awaitable
from dataclasses import asdict
from pathlib import Path

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.ops.actions import NOT_COMPLETED, reconcile_books, recover_order
from bot.ops.control import RECONCILE_PATH, RECOVER_PATH, socket_path
from bot.ops.report import Report
from bot.services.context import AppContext
from bot.web.uvicorn_server import serve_app

log = structlog.get_logger(__name__)
_FINISH_WITHIN_S = 1  # an operator's command may be repeated; the bot must stop soon


async def serve_control_socket(ctx: AppContext, database: Path) -> None:
    """Until cancelled. Where no socket can be made, the bot runs without: commands then cannot reach it."""
    path = socket_path(database)
    try:
        listener = _bind(path)
    except OSError as error:
        log.warning("control_socket_unavailable", path=str(path), why=str(error))
        return
    try:
        await serve_app(_control_app(ctx), listener, finish_within_s=_FINISH_WITHIN_S)
    finally:
        path.unlink(missing_ok=True)


def _bind(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    umask = os.umask(0o177)  # so that no other user can open the socket even for a moment
    try:
        path.unlink(missing_ok=True)  # left by a bot that was killed; the database lock says that none runs
        listener.bind(str(path))
    except OSError:
        listener.close()
        raise
    finally:
        os.umask(umask)
    return listener


def _control_app(ctx: AppContext) -> Starlette:
    async def reconcile(_: Request) -> JSONResponse:
        return await _response(reconcile_books(ctx))

    async def recover(request: Request) -> JSONResponse:
        reference = str((await request.json())["reference"])
        return await _response(recover_order(ctx, reference, workers_run=True))

    return Starlette(
        routes=[
            Route(RECONCILE_PATH, reconcile, methods=["POST"]),
            Route(RECOVER_PATH, recover, methods=["POST"]),
        ]
    )


async def _response(action: Awaitable[Report]) -> JSONResponse:
    try:
        report = await action
    except asyncio.CancelledError:  # by uvicorn when the bot stops; the command waits for an answer
        report = Report(("The bot was stopped before it had finished. Ask again.",), NOT_COMPLETED)
    return JSONResponse(asdict(report))
