"""/api/v1/wallets and /api/v1/transactions (section 12)."""

from starlette.responses import Response

from bot.sandbox.octopus.api.authenticated_request import AuthenticatedRequest, protected
from bot.sandbox.octopus.errors import not_found
from bot.sandbox.octopus.wallets import TRANSACTIONS, shown_transaction, shown_wallet
from bot.sandbox.vendors.json_decimal import DecimalJsonResponse


async def list_wallets(call: AuthenticatedRequest) -> Response:
    rows = call.vendor.db.all("SELECT * FROM wallets WHERE client_id = ? ORDER BY id", call.client["id"])
    return DecimalJsonResponse([shown_wallet(row) for row in rows])


async def list_transactions(call: AuthenticatedRequest) -> Response:
    page, limit = call.integer("page", 1), call.integer("limit", 50, most=10_000)
    values = {"client": call.client["id"], "wallet": call.integer("wallet_id")}
    base = f"{TRANSACTIONS} AND t.wallet_id = coalesce(:wallet, t.wallet_id)"
    db = call.vendor.db.connection
    total = db.execute(f"SELECT count(*) FROM ({base})", values).fetchone()[0]  # noqa: S608  # fixed words
    rows = db.execute(
        f"{base} ORDER BY t.id DESC LIMIT :limit OFFSET :skip",
        values | {"limit": limit, "skip": (page - 1) * limit},
    ).fetchall()
    return call.page([shown_transaction(row) for row in rows], total, page, limit)


async def read_transaction(call: AuthenticatedRequest) -> Response:
    values = {"client": call.client["id"], "id": call.path_id("Invalid transaction ID")}
    row = call.vendor.db.connection.execute(f"{TRANSACTIONS} AND t.id = :id", values).fetchone()
    if row is None:
        raise not_found("Transaction not found")
    return DecimalJsonResponse(shown_transaction(row))


ROUTES = [
    protected("/api/v1/wallets", list_wallets, feature=False),
    protected("/api/v1/transactions", list_transactions, feature=False),
    protected("/api/v1/transactions/{id}", read_transaction, feature=False),
]
