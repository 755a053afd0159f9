"""Parses what requests to the back office share: the account, the order, amounts and quantities."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.cardpluspay.errors import not_found
from bot.sandbox.cardpluspay.fulfilment import catch_up
from bot.sandbox.cardpluspay.vendor import Vendor
from bot.sandbox.vendors.admin_api import AdminRequestError, most, number, stand_in_of
from bot.sandbox.vendors.currencies import minor_units
from bot.sandbox.vendors.json_decimal import DecimalJsonResponse


def vendor_of(request: Request) -> Vendor:
    """The vendor, after delivering every order that is due."""
    vendor = stand_in_of(request)
    assert isinstance(vendor, Vendor)
    catch_up(vendor)
    return vendor


def account_of(vendor: Vendor, request: Request) -> Any:
    """The row of the account in the path, which is an id or an API key. Refuses with 404."""
    wanted = request.path_params["id"]
    row = vendor.db.one("SELECT * FROM accounts WHERE CAST(id AS TEXT) = ? OR api_key = ?", wanted, wanted)
    if row is None:
        raise not_found("Account not found")
    return row


def order_of(vendor: Vendor, request: Request) -> Any:
    """The row of the order in the path. Refuses with 404."""
    row = vendor.db.one(
        "SELECT * FROM orders WHERE CAST(order_id AS TEXT) = ?", request.path_params["order_id"]
    )
    if row is None:
        raise not_found("Order not found")
    return row


def cents(body: dict[str, Any], name: str, currency: str) -> int:
    """A positive amount in the body; 0 when absent."""
    amount = number(body, name)
    if amount < 0:
        raise AdminRequestError(f"{name} cannot be below 0")
    try:
        return minor_units(amount, currency)
    except ValueError as error:
        raise AdminRequestError(str(error)) from error


def whole_number(body: dict[str, Any], name: str, least: int = 1) -> int | None:
    """A whole number in the body; None when absent."""
    value = body.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
        raise AdminRequestError(f"{name} must be a whole number from {least}")
    return value


def look(path: str, view: Callable[[Vendor, int], Any]) -> Route:
    async def answer(request: Request) -> Response:
        return DecimalJsonResponse(view(vendor_of(request), most(request)))

    return Route(path, answer)
