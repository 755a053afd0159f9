"""/admin/api/accounts: open an account, read its ledger, top it up, buy as on the vendor's dashboard."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.cardpluspay.accounts import CURRENCIES, KeyTaken, move, open_account
from bot.sandbox.cardpluspay.admin import views
from bot.sandbox.cardpluspay.admin.request_fields import account_of, cents, look, vendor_of, whole_number
from bot.sandbox.cardpluspay.orders import MOST_CARDS, OrderRequest, place
from bot.sandbox.cardpluspay.request_conditions import RequestConditions
from bot.sandbox.cardpluspay.signing import public_key
from bot.sandbox.cardpluspay.vendor import Vendor
from bot.sandbox.vendors.admin_api import AdminRequestError, body_of
from bot.sandbox.vendors.currencies import from_minor_units
from bot.sandbox.vendors.faults import Faults
from bot.sandbox.vendors.json_decimal import DecimalJsonResponse


async def open_another(request: Request) -> Response:
    """`{"name", "api_key", "currency", "balance", "public_key"}`, all optional."""
    vendor, body = vendor_of(request), await body_of(request)
    currency = body.get("currency", "USD")
    if currency not in CURRENCIES:
        raise AdminRequestError(f"currency is one of {', '.join(CURRENCIES)}")
    balance = from_minor_units(cents({"balance": 0} | body, "balance", currency), currency)
    name, key, now = str(body.get("name") or "Another account"), body.get("api_key"), vendor.clock.now()
    try:
        with vendor.db.transaction():
            account_id = open_account(
                vendor.db, name, currency, balance, now, api_key=None if key is None else str(key)
            )
            _switch(vendor, account_id, body)
    except KeyTaken as error:
        raise AdminRequestError("another account has this api_key") from error
    return DecimalJsonResponse(views.account(vendor, account_id), 201)


async def read_account(request: Request) -> Response:
    vendor = vendor_of(request)
    return DecimalJsonResponse(views.account(vendor, account_of(vendor, request)["id"]))


async def change_account(request: Request) -> Response:
    """`{"active", "public_key", "balance"}`; the balance is set by an adjustment."""
    vendor, body = vendor_of(request), await body_of(request)
    account = account_of(vendor, request)
    with vendor.db.transaction():
        _switch(vendor, account["id"], body)
        if "balance" in body:
            change = cents(body, "balance", account["currency"]) - account["balance"]
            reason = str(body.get("reason") or "Adjustment")
            move(vendor.db, account["id"], change, "adjustment", reason, vendor.clock.now())
    return DecimalJsonResponse(views.account(vendor, account["id"]))


def _switch(vendor: Vendor, account_id: int, body: dict[str, Any]) -> None:
    if "active" in body:
        vendor.db.run("UPDATE accounts SET active = ? WHERE id = ?", int(bool(body["active"])), account_id)
    if "public_key" in body:
        pem = body["public_key"]
        try:
            if pem is not None:
                public_key(str(pem))
        except ValueError as error:
            raise AdminRequestError(f"public_key must be an RSA public key in PEM: {error}") from error
        vendor.db.run("UPDATE accounts SET public_key = ? WHERE id = ?", pem, account_id)


async def top_up(request: Request) -> Response:
    """`{"amount", "reason"}`"""
    vendor, body = vendor_of(request), await body_of(request)
    account = account_of(vendor, request)
    units, reason = cents(body, "amount", account["currency"]), str(body.get("reason") or "Top-up")
    with vendor.db.transaction():
        move(vendor.db, account["id"], units, "top-up", reason, vendor.clock.now())
    return DecimalJsonResponse(views.account(vendor, account["id"]))


async def buy_by_hand(request: Request) -> Response:
    """`{"item_code", "quantity"}`, bought as on the vendor's dashboard: faults do not apply."""
    vendor, body = vendor_of(request), await body_of(request)
    account, quantity = account_of(vendor, request), whole_number(body, "quantity") or 1
    wanted = OrderRequest(str(body.get("item_code")), min(quantity, MOST_CARDS), through="dashboard")
    with vendor.db.transaction():
        order_number = place(vendor, account, wanted, RequestConditions(vendor.choices, Faults()))
    return DecimalJsonResponse(views.order(vendor, order_number), 201)


async def read_book(request: Request) -> Response:
    vendor = vendor_of(request)
    return DecimalJsonResponse(views.book(vendor, account_of(vendor, request)["id"]))


ROUTES = [
    look("/accounts", views.accounts),
    Route("/accounts", open_another, methods=["POST"]),
    Route("/accounts/{id}", read_account),
    Route("/accounts/{id}", change_account, methods=["PATCH"]),
    Route("/accounts/{id}/top-up", top_up, methods=["POST"]),
    Route("/accounts/{id}/buy", buy_by_hand, methods=["POST"]),
    Route("/accounts/{id}/book", read_book),
]
