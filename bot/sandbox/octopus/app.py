"""The vendor's web application: routes, workers, error handlers and fault middleware."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp

from bot.sandbox.octopus.admin import api as back_office
from bot.sandbox.octopus.admin import page
from bot.sandbox.octopus.api import auth, orders, products, reference, wallets
from bot.sandbox.octopus.errors import Refusal, bad_request, of_status
from bot.sandbox.octopus.fault_middleware import FaultMiddleware
from bot.sandbox.octopus.fulfilment import run_due_steps
from bot.sandbox.octopus.vendor import Vendor
from bot.sandbox.octopus.webhooks import deliver_events
from bot.sandbox.vendors.admin_api import AdminRequestError


def build(vendor: Vendor) -> ASGIApp:
    @asynccontextmanager
    async def at_work(_app: Starlette) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as workers:
            tasks = [workers.create_task(run_due_steps(vendor)), workers.create_task(deliver_events(vendor))]
            yield
            for task in tasks:
                task.cancel()

    app = Starlette(
        routes=[
            *auth.ROUTES,
            *products.ROUTES,
            *orders.ROUTES,
            *wallets.ROUTES,
            *reference.ROUTES,
            *page.ROUTES,
            Mount("/admin/api", routes=back_office.ROUTES),
            Mount("/admin", routes=back_office.ROUTES),
        ],
        exception_handlers={
            Refusal: _refuse,
            AdminRequestError: _refuse_change,
            HTTPException: _refuse_by_status,
        },
        lifespan=at_work,
    )
    app.router.redirect_slashes = False
    app.state.vendor = vendor
    return FaultMiddleware(app, vendor)


async def _refuse(_request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return refusal.answer()


async def _refuse_change(_request: Request, error: Exception) -> Response:
    return bad_request(str(error)).answer()


async def _refuse_by_status(_request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, HTTPException)
    return of_status(refusal.status_code, dict(refusal.headers or {})).answer()
