"""A scripted CardPlusPay and clients for it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.money import Money
from bot.domain.vendor_orders import Purchase
from bot.vendors.cardpluspay.client import CardPlusPay
from bot.vendors.cardpluspay.rate_limit import CardPlusPayRateLimiter, QuotaClass
from bot.vendors.http.transport import Timeouts
from tests.support.scripted_server import ScriptedReply, ScriptedServer, answers
from tests.support.terms import gift_card_terms

API_KEY = "acme-key-value"
ITEM = "STEAM-20USD-QwRt"
TERMS = gift_card_terms("cardpluspay", ITEM, Money(Decimal("20.00"), "USD"), 2, "balance")
PURCHASE = Purchase(TERMS, "GC-261121-7K3MQ9VX", "buyer@example.org")
BUY, READ, LIST = "POST /v1/orders", "GET /v1/orders/90417", "GET /v1/orders"
CHECK, BALANCE, CATALOGUE = "POST /v1/orders/check", "GET /v1/balance", "GET /v1/catalog"

NewClient = Callable[..., CardPlusPay]


def unhurried_pace() -> CardPlusPayRateLimiter:
    return CardPlusPayRateLimiter(dict.fromkeys(QuotaClass, 1_000_000))


def says(data: Any, status: int = 200, **headers: Any) -> ScriptedReply:
    return answers(status, {"success": True, "message": "ok", "data": data}, **headers)


def says_no(status: int, message: str = "Not this time", **headers: Any) -> ScriptedReply:
    return answers(status, {"success": False, "message": message, "data": {}}, **headers)


def in_stock(price: Any = 19.35) -> ScriptedReply:
    return says({"price": price, "state": "in_stock", "status": True, "message": "Available", "requested": 2})


def holds(balance: str, currency: str = "USD") -> ScriptedReply:
    return says({"balance": balance, "currency": currency, "state": "success"})


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as vendor:
        vendor.on(BALANCE, holds("1204.15"))
        yield vendor


@pytest.fixture
async def new_client(server: ScriptedServer) -> AsyncIterator[NewClient]:
    """A client of the scripted vendor with short timeouts; everything can be given differently."""
    async with AsyncExitStack() as stack:

        def new(base_url: str | None = None, **given: Any) -> CardPlusPay:
            how: dict[str, Any] = {
                "timeouts": Timeouts(1, 0.4, 0.8),
                "rate_limiter": unhurried_pace(),
            } | given
            client = CardPlusPay(base_url or f"{server.address}/v1", API_KEY, **how)
            stack.push_async_callback(client.aclose)
            return client

        yield new


@pytest.fixture
def client(new_client: NewClient) -> CardPlusPay:
    return new_client()
