"""/admin/api: reads and changes everything. It is the vendor's own office, so it shows codes in clear."""

import ipaddress
import json
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.octopus import tokens, wallets
from bot.sandbox.octopus.admin import views
from bot.sandbox.octopus.api.authenticated_request import whole_number
from bot.sandbox.octopus.errors import bad_request, not_found
from bot.sandbox.octopus.events import wallet_event
from bot.sandbox.octopus.fulfilment import take_step
from bot.sandbox.octopus.vendor import Vendor
from bot.sandbox.vendors import admin_api
from bot.sandbox.vendors.admin_api import body_of, most, number, stand_in_of
from bot.sandbox.vendors.currencies import PER_EURO, minor_units
from bot.sandbox.vendors.json_decimal import DecimalJsonResponse

STEPS = ("deliver", "deliver-some", "fail", "cancel", "give-up")


def _vendor(request: Request) -> Vendor:
    vendor = stand_in_of(request)
    assert isinstance(vendor, Vendor)
    return vendor


async def limits(request: Request) -> Response:
    quotas = _vendor(request).quotas
    if request.method == "PATCH":
        body = await body_of(request)
        if set(body) - set(quotas.limits) or not all(isinstance(most, int) for most in body.values()):
            raise bad_request(f"calls per minute for some of {', '.join(quotas.limits)}")
        quotas.limits.update(body)
    return DecimalJsonResponse(quotas.limits)


async def change_wallet(request: Request) -> Response:
    vendor, wallet_id = _vendor(request), whole_number(request.path_params["id"], bad_request("wallet id"))
    body = await body_of(request)
    wallet = vendor.db.one("SELECT * FROM wallets WHERE id = ?", wallet_id)
    if wallet is None:
        raise not_found("Wallet not found")
    try:
        units = minor_units(number(body, "amount"), wallet["currency"])
    except ValueError as error:
        raise bad_request(str(error)) from error
    change, now = units - wallet["balance"], vendor.clock.now()
    move = wallets.credit if change > 0 else wallets.debit
    try:
        with vendor.db.transaction():
            if change:
                move(vendor.db, wallet_id, abs(change), body.get("remarks") or "Adjustment", now)
                wallet_event(vendor, wallet_id)
    except wallets.Overdrawn as error:
        raise bad_request("the balance cannot go below the wallet's credit limit") from error
    vendor.work.set()
    return DecimalJsonResponse(views.wallets(vendor))


async def change_product(request: Request) -> Response:
    vendor, body = _vendor(request), await body_of(request)
    product = vendor.db.one("SELECT * FROM products WHERE id = ?", request.path_params["id"])
    if product is None:
        raise not_found("Product not found")
    columns: dict[str, Any] = {
        name: body[name] for name in ("active", "stock", "delivery_time") if name in body
    }
    if "discount" in body:
        percent = str(number(body, "discount"))
        offers = [(low, high, percent) for low, high, _ in json.loads(product["denominations"])]
        columns["denominations"] = json.dumps(offers)
    with vendor.db.transaction():
        for name, value in columns.items():
            vendor.db.run(f"UPDATE products SET {name} = ? WHERE id = ?", value, product["id"])  # noqa: S608
    return DecimalJsonResponse(views.product(vendor, product["id"]))


async def change_client(request: Request) -> Response:
    vendor, body = _vendor(request), await body_of(request)
    client_id = whole_number(request.path_params["id"], bad_request("client id"))
    columns = {name: int(body[name]) for name in ("bulk_limit", "vouchers_enabled") if name in body}
    with vendor.db.transaction():
        for name, value in columns.items():
            vendor.db.run(f"UPDATE clients SET {name} = ? WHERE id = ?", value, client_id)  # noqa: S608
        if "ip_list" in body:
            _check_networks(body["ip_list"])
            vendor.db.run(
                "UPDATE clients SET ip_list = ? WHERE id = ?", json.dumps(body["ip_list"]), client_id
            )
        for product_id, own in body.get("products", {}).items():
            discount = None if own.get("discount") is None else str(own["discount"])
            vendor.db.run(
                "INSERT OR REPLACE INTO client_products VALUES (?, ?, ?, ?)",
                client_id, int(product_id), int(own.get("hidden", False)), discount,
            )  # fmt: skip
    return DecimalJsonResponse(views.clients(vendor))


async def move_order(request: Request) -> Response:
    vendor, body = _vendor(request), await body_of(request)
    order_id = whole_number(request.path_params["id"], bad_request("order id"))
    if vendor.db.one("SELECT 1 FROM orders WHERE id = ?", order_id) is None:
        raise not_found("Order not found")
    if body.get("do") not in STEPS:
        raise bad_request(f"do is one of {', '.join(STEPS)}")
    with vendor.db.transaction():
        vendor.db.run("UPDATE orders SET steps = '[]', due_at = NULL WHERE id = ?", order_id)
        take_step(vendor, order_id, {"do": body["do"], "count": body.get("count")})
    return DecimalJsonResponse(views.order(vendor, order_id))


async def send_again(request: Request) -> Response:
    """Deliver an event once more, delivered or not."""
    vendor, event_id = _vendor(request), request.path_params["id"]
    again = "UPDATE events SET due_at = ?, attempts = 0, delivered_at = NULL WHERE id = ?"
    if not vendor.db.run(again, vendor.clock.now(), event_id).rowcount:
        raise not_found("Event not found")
    vendor.work.set()
    return DecimalJsonResponse(views.events(vendor))


async def set_rate(request: Request) -> Response:
    vendor, body = _vendor(request), await body_of(request)
    source, destination = body.get("from"), body.get("to")
    if source not in PER_EURO or destination not in PER_EURO:
        raise bad_request(f"from and to are two of {', '.join(PER_EURO)}")
    rate = str(number(body, "rate"))
    vendor.db.run("INSERT OR REPLACE INTO forex VALUES (?, ?, ?)", source, destination, rate)
    return DecimalJsonResponse({"from": source, "to": destination, "rate": Decimal(rate)})


async def end_tokens(request: Request) -> Response:
    """`{"kind": "access" | "refresh"}`, or both."""
    vendor, body = _vendor(request), await body_of(request)
    ended = [
        tokens.revoke_all(vendor, row["id"], body.get("kind"))
        for row in vendor.db.all("SELECT id FROM clients")
    ]
    return DecimalJsonResponse({"revoked": sum(ended)})


async def forget_quotes(request: Request) -> Response:
    _vendor(request).quotes.clear()
    return DecimalJsonResponse({"quotes": 0})


def _check_networks(cidrs: list[str]) -> None:
    try:
        for cidr in cidrs:
            ipaddress.ip_network(cidr)
    except ValueError as error:
        raise bad_request(str(error)) from error


def _look(path: str, view: Any) -> Route:
    async def answer(request: Request) -> Response:
        return DecimalJsonResponse(view(_vendor(request), most(request)))

    return Route(path, answer)


ROUTES = [
    *admin_api.ROUTES,
    _look("/wallets", views.wallets),
    _look("/clients", views.clients),
    _look("/ledger", views.ledger),
    _look("/orders", views.orders),
    _look("/events", views.events),
    Route("/limits", limits, methods=["GET", "PATCH"]),
    Route("/rates", set_rate, methods=["POST"]),
    Route("/tokens/revoke", end_tokens, methods=["POST"]),
    Route("/quotes", forget_quotes, methods=["DELETE"]),
    Route("/wallets/{id}", change_wallet, methods=["PATCH"]),
    Route("/products/{id}", change_product, methods=["PATCH"]),
    Route("/clients/{id}", change_client, methods=["PATCH"]),
    Route("/orders/{id}", move_order, methods=["POST"]),
    Route("/events/{id}", send_again, methods=["POST"]),
]
