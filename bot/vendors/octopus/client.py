"""Octopus Cards as a Vendor."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import structlog

from bot.domain.catalogue import CataloguePage, Names, ProductDetails, Wallet
from bot.domain.money import Money, rounded
from bot.domain.quotes import OrderTerms, Quote
from bot.domain.reconciliation import ListedOrder
from bot.domain.vendor_orders import Purchase, VendorOrder
from bot.domain.wallet_transactions import WalletTransaction
from bot.kinds.gift_card import GIFT_CARD, GiftCardLine
from bot.vendors.contract import (
    FollowUpReport,
    ReferenceLookup,
    SaveUnparsedResponse,
    Sells,
    WalletStatement,
    discard_unparsed_response,
)
from bot.vendors.http.concurrency import gather_both
from bot.vendors.http.credentials import credentials_fingerprint
from bot.vendors.http.identifiers import absent, number
from bot.vendors.http.payloads import parse_as
from bot.vendors.http.responses import Response
from bot.vendors.http.transport import Timeouts, Transport
from bot.vendors.octopus import orders
from bot.vendors.octopus.api import ApiClient, ApiRequest
from bot.vendors.octopus.auth import TokenManager
from bot.vendors.octopus.catalogue import AvailabilityPayload, DetailsPayload, ProductPayload, WalletPayload
from bot.vendors.octopus.identity import OCTOPUS, new_request_id
from bot.vendors.octopus.order_reader import OrderReader
from bot.vendors.octopus.pages import pages, total_of
from bot.vendors.octopus.payloads import elements, parse_each
from bot.vendors.octopus.quotes import quote_of
from bot.vendors.octopus.rate_limit import OctopusRateLimiter, QuotaClass
from bot.vendors.octopus.reference_data import ReferenceData
from bot.vendors.octopus.wallet_transactions import TransactionPayload
from bot.vendors.settings import host_of

log = structlog.get_logger()

_PAGE = 500  # the vendor's largest
_STATEMENT_PAGE = 500  # of 10,000 allowed, because what we look for is nearly always recent
_ORDERS_PAGE = 100  # few, because lists show all vouchers masked, and responses have a size limit
_ORDERS = "/api/v1/orders"
_number = partial(number, OCTOPUS)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class OctopusCards:
    """See bot.vendors.contract.Vendor. `clock` returns UTC; tokens expire by it, too."""

    name = OCTOPUS.name
    title = OCTOPUS.title
    max_order_quantity: int | None = None  # each quote says it
    sends_recipient_email = True

    def __init__(
        self,
        base_url: str,
        api_key: str,
        api_secret: str,
        *,
        clock: Callable[[], datetime] = _utc_now,
        timeouts: Timeouts | None = None,
        rate_limiter: OctopusRateLimiter | None = None,
    ) -> None:
        self.host = host_of(base_url)
        self.save_unparsed_response: SaveUnparsedResponse = discard_unparsed_response
        self.credentials_fingerprint = credentials_fingerprint(api_key)
        timeouts, rate_limiter = timeouts or Timeouts(), rate_limiter or OctopusRateLimiter()
        self._clock = clock
        self._transport = Transport(OCTOPUS, base_url, timeouts, new_request_id=new_request_id)
        self._token_manager = TokenManager(
            self._transport, rate_limiter, api_key, api_secret, clock=clock, login_timeout_s=timeouts.total_s
        )
        self._api = ApiClient(self._transport, self._token_manager, rate_limiter, timeouts.total_s)
        self._reference_data = ReferenceData(self._get, clock)

    @property
    def sells(self) -> Mapping[str, Sells[Any]]:
        return {GIFT_CARD: self}

    @property
    def reference_lookup(self) -> ReferenceLookup:
        return self

    @property
    def wallet_statement(self) -> WalletStatement:
        return self

    async def account(self) -> str | None:
        return await self._token_manager.client_id()

    async def products(self) -> AsyncIterator[CataloguePage]:
        async for response, payloads in pages(self._get, "/products", ProductPayload, _PAGE):
            if elements(response):
                yield CataloguePage(
                    tuple(payload.product(self.name) for payload in payloads), total_of(response)
                )

    async def product_details(self, product_id: str) -> ProductDetails:
        response = await self._get(f"/products/{_number(product_id)}")
        return parse_as(DetailsPayload, response).product_details()

    async def is_available(self, line: GiftCardLine) -> bool:
        request = ApiRequest(
            "POST",
            f"/api/v1/products/{_number(line.product_id)}/availability",
            QuotaClass.OTHER,
            fields={"denomination": line.denomination.amount, "quantity": line.quantity},
        )
        return parse_as(AvailabilityPayload, await self._api.read(request)).is_available

    async def quote(self, terms: OrderTerms[GiftCardLine], *, timeout_s: float | None = None) -> Quote:
        request = ApiRequest(
            "POST",
            f"/api/v1/products/{_number(terms.line.product_id)}/charges",
            QuotaClass.CHARGES,
            fields={
                "denomination": terms.line.denomination.amount,
                "quantity": terms.line.quantity,
                "wallet_id": _number(terms.wallet_id),
            },
        )
        response, wallets = await gather_both(
            self._api.read(request, timeout_s), self.wallets(timeout_s=timeout_s)
        )
        for wallet in wallets:
            if wallet.wallet_id == terms.wallet_id:
                return quote_of(response, terms, wallet, self._clock())
        raise absent(OCTOPUS, f"wallet {terms.wallet_id}", response.request_id)

    async def wallets(self, *, timeout_s: float | None = None) -> list[Wallet]:
        response, currencies = await gather_both(
            self._api.read(ApiRequest("GET", "/api/v1/wallets", QuotaClass.READ), timeout_s),
            self.currencies(timeout_s=timeout_s),
        )
        wallets = []
        for payload in parse_each(WalletPayload, response):
            if not self._reference_data.has_currency(payload.currency_id, currencies):
                continue
            currency = currencies[payload.currency_id]
            balance = Money(rounded(payload.amount, currency), currency)
            wallets.append(Wallet(self.name, payload.id, balance, payload.type or "PREPAID"))
        return wallets

    async def wallet_transactions(
        self, wallet_id: str | None = None
    ) -> AsyncIterator[list[WalletTransaction]]:
        of_wallet = {} if wallet_id is None else {"wallet_id": _number(wallet_id)}
        async for _, payloads in pages(
            self._get, "/transactions", TransactionPayload, _STATEMENT_PAGE, **of_wallet
        ):
            currencies = await self.currencies()
            yield [
                payload.wallet_transaction(self.name, currencies[payload.currency_id])
                for payload in payloads
                if self._reference_data.has_currency(payload.currency_id, currencies)
            ]

    async def currencies(self, *, timeout_s: float | None = None) -> dict[str, str]:
        """ISO 4217 codes by the vendor's currency id, at most a day old."""
        return await self._reference_data.currencies(timeout_s=timeout_s)

    async def names(self) -> Names:
        return await self._reference_data.names()

    async def place(self, purchase: Purchase[GiftCardLine]) -> VendorOrder:
        """Buy with at most one request. Login, rate limit and request may take the total timeout each."""
        terms = purchase.terms
        fields: dict[str, str | int | Decimal] = {
            "product_id": _number(terms.line.product_id),
            "denomination": terms.line.denomination.amount,
            "quantity": terms.line.quantity,
            "wallet_id": _number(terms.wallet_id),
            "client_reference": purchase.client_reference,
        }
        if purchase.recipient_email:
            fields["email"] = purchase.recipient_email
        reader = OrderReader(
            partial(orders.placed, purchase=purchase),
            self.save_unparsed_response,
            client_reference=purchase.client_reference,
        )
        await self._api.send_once(
            ApiRequest("POST", _ORDERS, QuotaClass.ORDER, fields=fields, moves_money=True, reader=reader)
        )
        return reader.order()

    async def find(self, client_reference: str) -> VendorOrder | None:
        parse = partial(orders.found, client_reference=client_reference)
        reader = OrderReader(parse, self.save_unparsed_response, client_reference=client_reference)
        query = {"client_reference": client_reference}
        await self._api.read(ApiRequest("GET", _ORDERS, QuotaClass.READ, query, reader=reader))
        return reader.order()

    async def orders(self) -> AsyncIterator[list[ListedOrder]]:
        async for _, payloads in pages(self._get, "/orders", orders.OrderPayload, _ORDERS_PAGE):
            yield [listed for payload in payloads if (listed := payload.listed())]

    async def fetch(self, vendor_order_id: str) -> VendorOrder:
        known = str(_number(vendor_order_id))
        parse = partial(orders.fetched, vendor_order_id=known)
        reader = OrderReader(parse, self.save_unparsed_response, vendor_order_id=known)
        await self._api.read(ApiRequest("GET", f"{_ORDERS}/{known}", QuotaClass.READ, reader=reader))
        return reader.order()

    async def follow_up(self, vendor_order_id: str) -> FollowUpReport:
        raise AssertionError(f"gift cards are over with their delivery, {vendor_order_id} too")

    async def aclose(self) -> None:
        await self._token_manager.aclose()
        await self._transport.aclose()

    async def _get(self, path: str, timeout_s: float | None = None, **query: str | int) -> Response:
        return await self._api.read(
            ApiRequest("GET", f"/api/v1{path}", QuotaClass.READ, query or None), timeout_s
        )
