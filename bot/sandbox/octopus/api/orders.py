"""/api/v1/orders: create, list, read (sections 6 and 7)."""

from typing import Any

from starlette.responses import Response

from bot.sandbox.octopus.api import fields
from bot.sandbox.octopus.api.authenticated_request import AuthenticatedRequest, json_body, protected
from bot.sandbox.octopus.codes import show_masked, show_once
from bot.sandbox.octopus.errors import bad_request, not_found
from bot.sandbox.octopus.orders import OrderRequest, place, shown_order
from bot.sandbox.vendors.json_decimal import DecimalJsonResponse

STATUSES = ("PENDING", "DELIVERED", "PARTIALLY_DELIVERED", "FAILED", "CANCELLED")


async def create_order(call: AuthenticatedRequest) -> Response:
    body = await json_body(call.request)
    wanted = OrderRequest(
        product_id=fields.positive_integer(body, "product_id"),
        denomination=fields.amount(body, "denomination"),
        quantity=fields.positive_integer(body, "quantity"),
        wallet_id=fields.optional_positive_integer(body, "wallet_id"),
        client_reference=fields.reference(body, "client_reference"),
        email=fields.email(body, "email"),
    )
    if "vanish" in call.faults:
        call.vendor.db.run("UPDATE products SET active = 0 WHERE id = ?", wanted.product_id)
    with call.vendor.db.transaction():
        order_id = place(call.vendor, call.client, wanted, call.faults)
        vouchers = show_once(call.vendor.db, order_id, call.vendor.choices, call.faults)
    return DecimalJsonResponse(shown_order(_own(call, order_id), vouchers), 201)


async def read_order(call: AuthenticatedRequest) -> Response:
    order = _own(call, call.path_id("Invalid order ID"))
    with call.vendor.db.transaction():
        vouchers = show_once(call.vendor.db, order["id"], call.vendor.choices, call.faults)
    return DecimalJsonResponse(shown_order(order, vouchers, with_times=call.vendor.choices.order_timestamps))


async def list_orders(call: AuthenticatedRequest) -> Response:
    page, limit = call.integer("page", 1), call.integer("limit", 50, most=10_000)
    conditions, values = _filters(call)
    db = call.vendor.db.connection
    base = f"FROM orders WHERE client_id = :client {conditions}"
    total = db.execute(f"SELECT count(*) {base}", values).fetchone()[0]
    rows = db.execute(
        f"SELECT * {base} ORDER BY id DESC LIMIT :limit OFFSET :skip",
        values | {"limit": limit, "skip": (page - 1) * limit},
    ).fetchall()
    choices = call.vendor.choices
    entries = [
        shown_order(row, show_masked(call.vendor.db, row["id"], choices), with_times=choices.order_timestamps)
        for row in rows
    ]
    return call.page(entries, total, page, limit)


def _filters(call: AuthenticatedRequest) -> tuple[str, dict[str, Any]]:
    query, text = call.request.query_params, ""
    values: dict[str, Any] = {"client": call.client["id"]}
    if "client_reference" in query:
        text += " AND client_reference = :reference"
        values["reference"] = query["client_reference"]
    if "status" in query:
        if query["status"] not in STATUSES:
            raise bad_request("Invalid query parameters")
        text += " AND status = :status"
        values["status"] = query["status"]
    if "product_id" in query:
        text += " AND product_id = :product"
        values["product"] = call.integer("product_id")
    return text, values


def _own(call: AuthenticatedRequest, order_id: int) -> Any:
    sql = "SELECT * FROM orders WHERE id = ? AND client_id = ?"
    row = call.vendor.db.one(sql, order_id, call.client["id"])
    if row is None:
        raise not_found("Order not found")
    return row


ROUTES = [
    protected("/api/v1/orders", create_order, method="POST", quota="orders"),
    protected("/api/v1/orders", list_orders),
    protected("/api/v1/orders/{id}", read_order),
]
