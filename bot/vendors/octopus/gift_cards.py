"""Gift cards as Octopus Cards sells them."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from decimal import Decimal
from functools import partial

from bot.domain.catalogue import CataloguePage, ProductDetails
from bot.domain.quotes import OrderTerms, Quote
from bot.domain.vendor_orders import Purchase, VendorOrder
from bot.kinds.gift_card import GiftCardLine
from bot.vendors.contract import Account, FollowUpReport, ReferenceLookup, SaveUnparsedResponse
from bot.vendors.http.concurrency import gather_both
from bot.vendors.http.identifiers import absent, number
from bot.vendors.http.payloads import parse_as
from bot.vendors.octopus import orders
from bot.vendors.octopus.api import ApiClient, ApiRequest
from bot.vendors.octopus.catalogue import AvailabilityPayload, DetailsPayload, ProductPayload
from bot.vendors.octopus.identity import OCTOPUS
from bot.vendors.octopus.order_reader import OrderReader
from bot.vendors.octopus.pages import pages, total_of
from bot.vendors.octopus.payloads import elements
from bot.vendors.octopus.quotes import quote_of
from bot.vendors.octopus.rate_limit import QuotaClass

_PAGE = 500  # the vendor's largest
_ORDERS = "/api/v1/orders"
_number = partial(number, OCTOPUS)


class OctopusGiftCards:
    """See bot.vendors.contract.Sells."""

    max_order_quantity: int | None = None  # each quote says it

    def __init__(
        self, api: ApiClient, account: Account, save: SaveUnparsedResponse, clock: Callable[[], datetime]
    ) -> None:
        self._api, self._account, self._save, self._clock = api, account, save, clock

    @property
    def reference_lookup(self) -> ReferenceLookup:
        return self

    async def products(self) -> AsyncIterator[CataloguePage]:
        async for response, payloads in pages(self._api.get, "/products", ProductPayload, _PAGE):
            if elements(response):
                yield CataloguePage(
                    tuple(payload.product(OCTOPUS.name) for payload in payloads), total_of(response)
                )

    async def product_details(self, product_id: str) -> ProductDetails:
        response = await self._api.get(f"/products/{_number(product_id)}")
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
            self._api.read(request, timeout_s), self._account.wallets(timeout_s=timeout_s)
        )
        for wallet in wallets:
            if wallet.wallet_id == terms.wallet_id:
                return quote_of(response, terms, wallet, self._clock())
        raise absent(OCTOPUS, f"wallet {terms.wallet_id}", response.request_id)

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
            self._save,
            client_reference=purchase.client_reference,
        )
        await self._api.send_once(
            ApiRequest("POST", _ORDERS, QuotaClass.ORDER, fields=fields, moves_money=True, reader=reader)
        )
        return reader.order()

    async def find(self, client_reference: str) -> VendorOrder | None:
        parse = partial(orders.found, client_reference=client_reference)
        reader = OrderReader(parse, self._save, client_reference=client_reference)
        query = {"client_reference": client_reference}
        await self._api.read(ApiRequest("GET", _ORDERS, QuotaClass.READ, query, reader=reader))
        return reader.order()

    async def fetch(self, vendor_order_id: str) -> VendorOrder:
        known = str(_number(vendor_order_id))
        parse = partial(orders.fetched, vendor_order_id=known)
        reader = OrderReader(parse, self._save, vendor_order_id=known)
        await self._api.read(ApiRequest("GET", f"{_ORDERS}/{known}", QuotaClass.READ, reader=reader))
        return reader.order()

    async def follow_up(self, vendor_order_id: str) -> FollowUpReport:
        raise AssertionError(f"gift cards are over with their delivery, {vendor_order_id} too")
