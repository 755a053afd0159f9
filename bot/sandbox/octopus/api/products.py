"""/api/v1/products: list, detail, availability, charges (sections 4 and 5)."""

from starlette.responses import Response

from bot.sandbox.octopus.api import fields
from bot.sandbox.octopus.api.authenticated_request import AuthenticatedRequest, json_body, protected
from bot.sandbox.octopus.catalogue.search import Filters, detailed, find, listed, offered, visible_product
from bot.sandbox.octopus.charges import QUOTE_LIFETIME_S, choose, price, wallet_for
from bot.sandbox.octopus.reference import COUNTRIES, CURRENCY_CODES
from bot.sandbox.vendors.currencies import minor_units
from bot.sandbox.vendors.json_decimal import DecimalJsonResponse

NOWHERE = "-"  # a code that no product has, so that an unknown id finds nothing


async def list_products(call: AuthenticatedRequest) -> Response:
    page, limit = call.integer("page", 1), call.integer("limit", 10, most=500)
    country, currency = call.integer("country_id"), call.integer("currency_id")
    query = call.request.query_params
    filters = Filters(
        category=query.get("category"),
        country=None if country is None else COUNTRIES.get(country, {}).get("alpha_3", NOWHERE),
        currency=None if currency is None else CURRENCY_CODES.get(currency, NOWHERE),
        search=query.get("search"),
    )
    order = call.choice("sort_by", "name", "category"), call.choice("sort_dir", "asc", "desc")
    rows, total = find(call.vendor.db, call.client["id"], filters, order, page, limit)
    return call.page([listed(row, call.vendor.address) for row in rows], total, page, limit)


async def read_product(call: AuthenticatedRequest) -> Response:
    product_id = call.path_id("Invalid product ID")
    return DecimalJsonResponse(
        detailed(visible_product(call.vendor.db, call.client["id"], product_id), call.vendor.address)
    )


async def check_availability(call: AuthenticatedRequest) -> Response:
    product_id, body = call.path_id("Invalid product ID"), await json_body(call.request)
    denomination, quantity = fields.amount(body, "denomination"), fields.positive_integer(body, "quantity")
    product = visible_product(call.vendor.db, call.client["id"], product_id)
    try:
        offer = offered(product, minor_units(denomination, product["currency_code"]))
    except ValueError:
        offer = None
    in_stock = product["stock"] >= quantity and "out-of-stock" not in call.faults
    return DecimalJsonResponse({"is_available": offer is not None and in_stock})


async def quote_charges(call: AuthenticatedRequest) -> Response:
    product_id, body = call.path_id("Invalid product ID"), await json_body(call.request)
    denomination, quantity = fields.amount(body, "denomination"), fields.positive_integer(body, "quantity")
    wallet_id = fields.optional_positive_integer(body, "wallet_id")
    vendor, now = call.vendor, call.vendor.clock.now()
    if "vanish" in call.faults:
        vendor.db.run("UPDATE products SET active = 0 WHERE id = ?", product_id)
    basket = choose(vendor.db, call.client, product_id, denomination, quantity)
    wallet = wallet_for(vendor.db, basket, wallet_id)
    units = minor_units(denomination, basket.product["currency_code"])
    key = (call.client["id"], product_id, units, quantity, wallet["id"])
    good_until, charges = vendor.quotes.get(key, (0.0, None))
    if good_until <= now or "price-change" in call.faults:
        charges = price(vendor.db, basket, wallet, call.faults)
        vendor.quotes[key] = (now + QUOTE_LIFETIME_S, charges)
    return DecimalJsonResponse(charges.shown())


ROUTES = [
    protected("/api/v1/products", list_products),
    protected("/api/v1/products/{id}", read_product),
    protected("/api/v1/products/{id}/availability", check_availability, method="POST", quota="other"),
    protected("/api/v1/products/{id}/charges", quote_charges, method="POST", quota="charges"),
]
