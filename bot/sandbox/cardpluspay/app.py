"""The vendor's web application: routes, error handlers and fault middleware."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp

from bot.sandbox.cardpluspay.admin import api as back_office
from bot.sandbox.cardpluspay.admin import page
from bot.sandbox.cardpluspay.api import account, catalogue, orders
from bot.sandbox.cardpluspay.errors import Refusal, of_status
from bot.sandbox.cardpluspay.fault_middleware import FaultMiddleware
from bot.sandbox.cardpluspay.request_conditions import RequestConditions
from bot.sandbox.cardpluspay.vendor import Vendor
from bot.sandbox.vendors.admin_api import AdminRequestError
from bot.sandbox.vendors.faults import Faults


def build(vendor: Vendor) -> ASGIApp:
    app = Starlette(
        routes=[
            *account.routes(vendor.challenge_path),
            *catalogue.ROUTES,
            *orders.ROUTES,
            *page.ROUTES,
            Mount("/admin/api", routes=back_office.ROUTES),
        ],
        exception_handlers={
            Refusal: _refuse,
            AdminRequestError: _refuse_change,
            HTTPException: _refuse_by_status,
        },
    )
    app.router.redirect_slashes = False
    app.state.vendor = vendor
    return FaultMiddleware(app, vendor)


def _refusal(request: Request, refusal: Refusal) -> Response:
    faults = getattr(request.state, "faults", None)  # the back office has none
    assert faults is None or isinstance(faults, Faults)
    return refusal.answer(RequestConditions.of(request.app.state.vendor.choices, faults or Faults()).choices)


async def _refuse(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return _refusal(request, refusal)


async def _refuse_change(request: Request, error: Exception) -> Response:
    return _refusal(request, Refusal(400, str(error)))


async def _refuse_by_status(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, HTTPException)
    return _refusal(request, of_status(refusal.status_code))
