"""/orders: buy, read, list (2.4, 2.5, 2.6)."""

from decimal import Decimal
from typing import Any

from starlette.responses import Response

from bot.sandbox.cardpluspay.api.authenticated_request import AuthenticatedRequest, protected
from bot.sandbox.cardpluspay.api.paging import page_of
from bot.sandbox.cardpluspay.codes import bought_code, codes_of, face_value, read_code
from bot.sandbox.cardpluspay.errors import NotSold, not_found
from bot.sandbox.cardpluspay.fulfilment import order_of_number, poll
from bot.sandbox.cardpluspay.orders import MOST_CARDS, OrderRequest, keep, place
from bot.sandbox.cardpluspay.responses import as_number, as_text, iso_timestamp, pagination, short, success
from bot.sandbox.vendors.currencies import from_minor_units

ORDERS_PER_PAGE = 10
LONGEST_ID = 18  # digits
SORTED_BY = {"created_at": "created_at", "amount": "amount", "status": "status"}


async def create_order(call: AuthenticatedRequest) -> Response:
    body = await call.body()
    wanted = OrderRequest(
        item_code=body.required("item_code", "item_id"),
        quantity=body.whole_number("quantity", 1, MOST_CARDS),
        email=body.email("email"),
    )
    body.check()
    db = call.vendor.db
    try:
        with db.transaction():
            number = place(call.vendor, call.account, wanted, call.conditions)
    except NotSold as error:
        if call.choices.refused_orders == "failed-row":
            with db.transaction():
                keep(call.vendor, error.terms, call.conditions, "failed")
        raise
    order = order_of_number(call.vendor, number)
    done = order["status"] == "completed"
    message = "Gift card purchased successfully" if done else "Order is being processed"
    return success(message, _bought(call, order), call.choices.created_status)


def _bought(call: AuthenticatedRequest, order: Any) -> dict[str, Any]:
    currency, choices = call.account["currency"], call.choices
    rows = codes_of(call.vendor.db, order)
    codes = _codes(call, [bought_code(row, order, currency, choices) for row in rows])
    total = short(face_value(order) * order["quantity"])
    return {
        "type": order["type"],
        "brand": order["item_code"],
        **codes,
        "state": order["status"],
        "status": order["status"],
        "amount": as_text(_amount(order, currency), choices),
        "total_denomination": as_number(total, choices),
        "denomination_unit": order["value_currency"],
        "order_id": order["order_id"],
        "order_no": order["order_no"],
        "created_at": iso_timestamp(order["created_at"]),
    }


async def read_order(call: AuthenticatedRequest) -> Response:
    order, currency = _own(call), call.account["currency"]
    with call.vendor.db.transaction():
        poll(call.vendor, order)
    order = _own(call)
    full = call.choices.codes_on_read == "full"
    codes = [
        (bought_code(row, order, currency, call.choices) if full else {}) | read_code(row)
        for row in codes_of(call.vendor.db, order)
    ]
    content = {
        "order_id": order["order_id"],
        "order_no": order["order_no"],
        "status": order["status"],
        "state": "success",
        **_codes(call, codes),
        "amount": as_number(_amount(order, currency), call.choices),
        "created_at": iso_timestamp(order["created_at"]),
    }
    return success("Order details retrieved successfully", content)


async def list_orders(call: AuthenticatedRequest) -> Response:
    query, choices, db = call.query(), call.choices, call.vendor.db
    page, per_page = page_of(query, 0 if choices.orders_per_page == "none" else ORDERS_PER_PAGE, choices)
    status = query.text("status")
    column = SORTED_BY[query.word("sort_by", *SORTED_BY) or "created_at"]
    direction = query.word("order", "asc", "desc") or "desc"
    query.check()
    base = """FROM orders WHERE account_id = :account AND (:status IS NULL OR status = :status)
        AND listed_from <= :now AND created_at <= :now - :lag"""
    values = {"account": call.account["id"], "status": status, "now": call.vendor.clock.now()}
    values["lag"] = _lag_s(call)
    total = db.connection.execute(f"SELECT count(*) {base}", values).fetchone()[0]
    per_page = per_page or max(1, total)
    rows = db.connection.execute(
        f"SELECT * {base} ORDER BY {column} {direction}, number {direction} LIMIT :most OFFSET :skip",
        values | {"most": per_page, "skip": (page - 1) * per_page},
    ).fetchall()
    content = {
        "orders": [_entry(call, row) for row in rows],
        "pagination": pagination(total, per_page, page),
        "state": "success",
    }
    return success("Orders retrieved successfully", content)


def _lag_s(call: AuthenticatedRequest) -> float:
    lag = call.conditions.faults.get("list-lag")
    return call.choices.list_lag_s if lag is None else lag.seconds(5)


def _entry(call: AuthenticatedRequest, order: Any) -> dict[str, Any]:
    entry = {
        "order_id": order["order_id"],
        "order_no": order["order_no"],
        "status": order["status"],
        "amount": as_number(_amount(order, call.account["currency"]), call.choices),
    }
    dated = call.choices.list_entries == "dated"
    return entry | ({"created_at": iso_timestamp(order["created_at"])} if dated else {})


def _codes(call: AuthenticatedRequest, codes: list[Any]) -> dict[str, Any]:
    if codes or call.choices.unready_codes == "empty":
        return {"codes": codes}
    return {"codes": None} if call.choices.unready_codes == "null" else {}


def _amount(order: Any, currency: str) -> Decimal:
    return from_minor_units(order["amount"], currency)


def _own(call: AuthenticatedRequest) -> Any:
    """The order in the path. Answers 404 when it does not exist or belongs to another account."""
    text = call.request.path_params["id"]
    row = None
    if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID:
        sql = "SELECT * FROM orders WHERE order_id = ? AND account_id = ?"
        row = call.vendor.db.one(sql, int(text), call.account["id"])
    if row is None:
        raise not_found("Order not found")
    return row


ROUTES = [
    protected("orders", create_order, method="POST"),
    protected("orders", list_orders),
    protected("orders/{id}", read_order),
]
