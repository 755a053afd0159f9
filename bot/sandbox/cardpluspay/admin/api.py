"""/admin/api: reads and changes everything. It is the vendor's own office, so it shows codes in clear."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.cardpluspay.admin import accounts, views
from bot.sandbox.cardpluspay.admin.request_fields import cents, look, order_of, vendor_of, whole_number
from bot.sandbox.cardpluspay.errors import not_found
from bot.sandbox.cardpluspay.fulfilment import OverRefunded, deliver, end, refund
from bot.sandbox.cardpluspay.vendor import Vendor
from bot.sandbox.vendors import admin_api
from bot.sandbox.vendors.admin_api import AdminRequestError, body_of
from bot.sandbox.vendors.json_decimal import DecimalJsonResponse

ORDER_ACTIONS = ("deliver", "fail", "refund")


async def read_order(request: Request) -> Response:
    vendor = vendor_of(request)
    return DecimalJsonResponse(views.order(vendor, order_of(vendor, request)["number"]))


async def move_order(request: Request) -> Response:
    """`{"do": "deliver", "count"}`, `{"do": "fail", "status"}` or `{"do": "refund", "amount", "reason"}`."""
    vendor, body = vendor_of(request), await body_of(request)
    order = order_of(vendor, request)
    with vendor.db.transaction():
        _do(vendor, order, body)
    return DecimalJsonResponse(views.order(vendor, order["number"]))


def _do(vendor: Vendor, order: Any, body: dict[str, Any]) -> None:
    match body.get("do"):
        case "deliver":
            deliver(vendor, order["number"], whole_number(body, "count"))
        case "fail":
            end(vendor, order["number"], str(body.get("status") or "failed"))
        case "refund":
            account = views.account(vendor, order["account_id"])
            units = cents(body, "amount", account["currency"]) if "amount" in body else None
            try:
                refund(vendor, order["number"], units, str(body.get("reason") or "Refund by support"))
            except OverRefunded as error:
                raise AdminRequestError("that is more than is left to refund") from error
        case _:
            raise AdminRequestError(f"do is one of {', '.join(ORDER_ACTIONS)}")


async def change_item(request: Request) -> Response:
    """`{"price", "stock", "active"}`; the price in US dollars."""
    vendor, body, item_code = vendor_of(request), await body_of(request), request.path_params["item_code"]
    if vendor.db.one("SELECT 1 FROM items WHERE item_code = ?", item_code) is None:
        raise not_found("Item not found")
    columns = {"stock": whole_number(body, "stock", 0)} if "stock" in body else {}
    if "price" in body:
        columns["price"] = cents(body, "price", "USD")
    if "active" in body:
        columns["active"] = int(bool(body["active"]))
    if columns.get("price") == 0:
        raise AdminRequestError("price cannot be 0")
    with vendor.db.transaction():
        for name, value in columns.items():
            vendor.db.run(f"UPDATE items SET {name} = ? WHERE item_code = ?", value, item_code)  # noqa: S608
    return DecimalJsonResponse(views.item(vendor, item_code))


ROUTES = [
    *admin_api.ROUTES,
    *accounts.ROUTES,
    look("/orders", views.orders),
    look("/ledger", views.ledger),
    look("/items", views.items),
    Route("/orders/{order_id}", read_order),
    Route("/orders/{order_id}", move_order, methods=["POST"]),
    Route("/items/{item_code}", change_item, methods=["PATCH"]),
]
