"""Answers of CardPlusPay. Every figure is another one, so that none can stand for another."""

import json
from decimal import Decimal
from typing import Any

from bot.domain.money import Money
from bot.domain.vendor_orders import Purchase
from bot.vendors.http.responses import RawResponse, Response
from tests.support.terms import gift_card_terms

ITEM = "STEAM-20USD-QwRt"
TERMS = gift_card_terms("cardpluspay", ITEM, Money(Decimal("20.00"), "USD"), 2, "balance")
PURCHASE = Purchase(TERMS, "GC-261121-7K3MQ9VX", "buyer@example.org")


def reply(data: Any) -> Response:
    return Response(data, {}, None)


def envelope(data: Any, **more: Any) -> dict[str, Any]:
    return {"success": True, "message": "ok", "data": data, **more}


def no(message: str = "Not this time", **more: Any) -> dict[str, Any]:
    return {"success": False, "message": message, "data": {}, **more}


def answer(status: int, body: Any = None, **headers: str) -> RawResponse:
    raw = body if isinstance(body, bytes) else json.dumps(body, default=str).encode()
    return RawResponse(status, {name.replace("_", "-"): text for name, text in headers.items()}, raw, None)


def code(code: Any, **changed: Any) -> dict[str, Any]:
    """As in the answer to a purchase."""
    return {
        "code": code,
        "currency": "USD",
        "item_code": ITEM,
        "denomination": "20.00",
        "charged_amount": "19.35",
        "denomination_unit": "USD",
    } | changed


def order(**changed: Any) -> dict[str, Any]:
    """The answer to a purchase."""
    return {
        "type": "bulk",
        "brand": ITEM,
        "codes": [code("A1B2-C3D4"), code("G7H8-J9K0", metadata=[{"Pin": "4410"}])],
        "state": "completed",
        "status": "completed",
        "amount": "38.70",
        "total_denomination": 40,
        "denomination_unit": "USD",
        "order_id": 90417,
        "order_no": "ORD-2031-417",
        "created_at": "2031-05-02T09:14:08+02:00",
    } | changed


def read_again(**changed: Any) -> dict[str, Any]:
    """The same order, looked up."""
    return {
        "order_id": 90417,
        "order_no": "ORD-2031-417",
        "status": "completed",
        "state": "success",
        "codes": [{"code": "A1B2-C3D4", "status": "completed"}, {"code": "G7H8-J9K0", "status": "completed"}],
        "amount": Decimal("38.70"),
        "created_at": "2031-05-02T09:14:08+02:00",
    } | changed


def product(**changed: Any) -> dict[str, Any]:
    return {
        "item_code": ITEM,
        "product_name": "Steam 20 USD",
        "brand": "Steam",
        "category": "Gaming",
        "value": 20,
        "price": Decimal("19.35"),
        "currency": "USD",
        "region": "global",
        "delivery_type": "DIGITAL",
        "country_code": ["US", "CA"],
    } | changed
