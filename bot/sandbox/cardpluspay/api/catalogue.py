"""/catalog (2.2) and the stock check (2.3)."""

from typing import Any

from starlette.responses import Response

from bot.sandbox.cardpluspay.api.authenticated_request import AuthenticatedRequest, protected
from bot.sandbox.cardpluspay.api.paging import page_of
from bot.sandbox.cardpluspay.catalogue.search import Filters, find, item_of_code, listed, unit_price
from bot.sandbox.cardpluspay.errors import Refusal, unknown_item
from bot.sandbox.cardpluspay.orders import MOST_CARDS, available, moved_price
from bot.sandbox.cardpluspay.responses import as_number, pagination, success
from bot.sandbox.vendors.json_decimal import DecimalJsonResponse

LONGEST_SEARCH = 255
ITEMS_PER_PAGE = 10


async def list_catalogue(call: AuthenticatedRequest) -> Response:
    query = call.query()
    filters = Filters(
        item_id=query.text("item_id"),
        brand=query.text("brand"),
        q=query.text("q", LONGEST_SEARCH),
        region=query.text("region"),
        currency=query.text("currency"),
        delivery_type=query.word("delivery_type", "PHYSICAL", "DIGITAL", "BOTH"),
        value_min=query.amount("value_min"),
        value_max=query.amount("value_max"),
        country_code=query.text("country_code"),
    )
    page, per_page = page_of(query, ITEMS_PER_PAGE, call.choices)
    order = query.word("sort_by", "brand", "value", "category"), query.word("order", "asc", "desc") or "asc"
    query.check()
    unknown = filters.item_id is not None and item_of_code(call.vendor.db, filters.item_id) is None
    if unknown and call.choices.unknown_item_on_catalog == 404:
        raise unknown_item(404)
    rows, total = find(call.vendor.db, filters, call.choices, order, page, per_page)
    entries = [listed(row, call.account["currency"], call.choices) for row in rows]
    return success("ok", _laid_out(entries, pagination(total, per_page, page), call))


def _laid_out(entries: list[dict[str, Any]], pages: dict[str, int], call: AuthenticatedRequest) -> Any:
    key = call.choices.catalog_list
    return entries if key == "bare" else {key: entries, "pagination": pages, "state": "success"}


async def check_stock(call: AuthenticatedRequest) -> Response:
    body = await call.body()
    item_code, quantity = body.required("item_id"), body.whole_number("quantity", 1, MOST_CARDS)
    body.check()
    faults = call.conditions.faults
    item = None if "vanish" in faults else item_of_code(call.vendor.db, item_code)
    if item is None:
        raise unknown_item(call.choices.unknown_item_on_check)
    if not available(item, quantity, faults):
        return _unavailable(call, quantity)
    price = moved_price(unit_price(item, call.account["currency"]), faults)
    content = {
        "price": as_number(price, call.choices),
        "state": "in_stock",
        "status": True,
        "message": "Available",
        "requested": quantity,
    }
    return success("Gift card in Stock", content)


def _unavailable(call: AuthenticatedRequest, quantity: int) -> Response:
    details = {"state": "out_of_stock", "status": False, "message": "Not available", "requested": quantity}
    if call.choices.unavailable_details:
        body = {"success": False, "message": "Gift card out of stock", "data": details}
        return DecimalJsonResponse(body, call.choices.unavailable_status)
    return Refusal(call.choices.unavailable_status, "Gift card out of stock").answer(call.choices)


ROUTES = [
    protected("catalog", list_catalogue),
    protected("orders/check", check_stock, method="POST"),
]
