"""CardPlusPay as a Vendor."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog
from babel import Locale

from bot.domain.catalogue import CataloguePage, Names, ProductDetails, Wallet
from bot.domain.countries import ALPHA_2, country_name
from bot.domain.quotes import OrderTerms, Quote
from bot.domain.reconciliation import ListedOrder
from bot.domain.vendor_orders import Purchase, VendorOrder
from bot.kinds.gift_card import GIFT_CARD, GiftCardLine
from bot.vendors.cardpluspay import orders
from bot.vendors.cardpluspay.account import MAX_ORDER_QUANTITY, Account
from bot.vendors.cardpluspay.api import ApiClient, ApiRequest
from bot.vendors.cardpluspay.catalogue import DetailsPayload, ProductPayload
from bot.vendors.cardpluspay.errors import OUT_OF_STOCK
from bot.vendors.cardpluspay.identity import CARDPLUSPAY
from bot.vendors.cardpluspay.order_reader import OrderReader
from bot.vendors.cardpluspay.pages import PAGE, listed, pages
from bot.vendors.cardpluspay.quotes import WALLET_ID, quote_of
from bot.vendors.cardpluspay.rate_limit import CardPlusPayRateLimiter, QuotaClass
from bot.vendors.cardpluspay.signing import RequestSigner
from bot.vendors.contract import (
    FollowUpReport,
    ReferenceLookup,
    Refused,
    SaveUnparsedResponse,
    Sells,
    WalletStatement,
    discard_unparsed_response,
)
from bot.vendors.http.concurrency import gather_both
from bot.vendors.http.credentials import credentials_fingerprint
from bot.vendors.http.identifiers import absent, number
from bot.vendors.http.payloads import parse_each
from bot.vendors.http.responses import Response
from bot.vendors.http.transport import Timeouts, Transport
from bot.vendors.settings import host_of

log = structlog.get_logger()

_NEWEST_FIRST: dict[str, str | int] = {"per_page": PAGE, "sort_by": "created_at", "order": "desc"}
_IN_A_HEADER = re.compile(r"[\x21-\x7e]+")
_english = Locale("en")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class CardPlusPay:
    """See bot.vendors.contract.Vendor. `signing` is for accounts that have it switched on."""

    name = CARDPLUSPAY.name
    title = CARDPLUSPAY.title
    max_order_quantity: int | None = MAX_ORDER_QUANTITY
    sends_recipient_email = False  # the vendor might send codes there

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        signing: RequestSigner | None = None,
        clock: Callable[[], datetime] = _utc_now,
        timeouts: Timeouts | None = None,
        rate_limiter: CardPlusPayRateLimiter | None = None,
    ) -> None:
        """Raises ValueError for a key that does not fit into a header. Spaces around it are ignored."""
        if not _IN_A_HEADER.fullmatch(api_key.strip()):
            raise ValueError(f"The key for {CARDPLUSPAY.title} has characters that cannot be sent.")
        self.host = host_of(base_url)
        self.save_unparsed_response: SaveUnparsedResponse = discard_unparsed_response
        self.credentials_fingerprint = credentials_fingerprint(api_key.strip())
        timeouts = timeouts or Timeouts()
        self._clock = clock
        self._transport = Transport(CARDPLUSPAY, base_url, timeouts)
        self._api = ApiClient(
            self._transport,
            rate_limiter or CardPlusPayRateLimiter(),
            api_key.strip(),
            signing,
            timeouts.total_s,
        )
        self._account = Account(self._api)
        self._categories: dict[str, None] = {}  # seen in the catalogue, in order

    @property
    def sells(self) -> Mapping[str, Sells[Any]]:
        return {GIFT_CARD: self}

    @property
    def reference_lookup(self) -> ReferenceLookup | None:
        return None

    @property
    def wallet_statement(self) -> WalletStatement | None:
        return None

    async def account(self) -> str | None:
        return None

    async def products(self) -> AsyncIterator[CataloguePage]:
        """Products with codes in the account's currency. The log counts the others."""
        currency, left_out = await self._account.currency(), Counter[str]()
        async for page in pages(self._catalogue_page, ProductPayload.key):
            payloads = parse_each(ProductPayload, page.rows, page.request_id)
            sold = [payload for payload in payloads if _is_sold(payload, currency, left_out)]
            products = tuple(payload.product(self.name) for payload in sold)
            self._categories.update((product.category, None) for product in products)
            yield CataloguePage(products, page.total)
        if left_out:
            log.info("cardpluspay_products_left_out", account_currency=currency, **left_out)

    async def product_details(self, product_id: str) -> ProductDetails:
        request = ApiRequest("GET", "/catalog", QuotaClass.READ, {"item_id": product_id})
        response = await self._api.read(request)
        for row in listed(response, DetailsPayload.key):
            for payload in parse_each(DetailsPayload, [row], response.request_id):
                if payload.item_code == product_id:
                    return payload.product_details()
        raise absent(CARDPLUSPAY, "such item", response.request_id)

    async def is_available(self, line: GiftCardLine) -> bool:
        try:
            await self._account.price(line.product_id, line.quantity)
        except Refused as error:
            if error.code != OUT_OF_STOCK:
                raise
            return False
        return True

    async def quote(self, terms: OrderTerms[GiftCardLine], *, timeout_s: float | None = None) -> Quote:
        if terms.wallet_id != WALLET_ID:
            raise absent(CARDPLUSPAY, f"wallet {terms.wallet_id}")
        price, wallet = await gather_both(
            self._account.price(terms.line.product_id, terms.line.quantity, timeout_s),
            self._account.wallet(timeout_s),
        )
        return quote_of(price, terms, wallet, self._clock())

    async def wallets(self, *, timeout_s: float | None = None) -> list[Wallet]:
        return [await self._account.wallet(timeout_s)]

    async def names(self) -> Names:
        currency = await self._account.currency()
        return Names(
            countries={alpha_3: country_name(alpha_3) for alpha_3 in ALPHA_2},
            currencies={currency: _english.currencies.get(currency, currency)},
            categories=tuple(self._categories),
        )

    async def place(self, purchase: Purchase[GiftCardLine]) -> VendorOrder:
        """Buy with one request. It has no e-mail address, because the vendor might send codes there."""
        terms = purchase.terms
        if not 1 <= terms.line.quantity <= MAX_ORDER_QUANTITY:
            raise Refused(
                f"{self.title} sells 1 to {MAX_ORDER_QUANTITY} at once.", code="INVALID", status=422
            )
        reader = OrderReader(
            partial(orders.placed, purchase=purchase),
            self.save_unparsed_response,
            quantity=terms.line.quantity,
            client_reference=purchase.client_reference,
        )
        request = ApiRequest(
            "POST",
            "/orders",
            QuotaClass.ORDER,
            fields={"item_code": terms.line.product_id, "quantity": terms.line.quantity},
            moves_money=True,
            reader=reader,
        )
        try:
            await self._api.send_once(request)
        except Refused as error:
            if error.status != 400:
                raise
            raise await self._account.classify_refusal(error, terms) from None
        return reader.order()

    async def orders(self) -> AsyncIterator[list[ListedOrder]]:
        currency = await self._account.currency()
        async for page in pages(self._orders_page, orders.OrderPayload.key, to_the_end=True):
            payloads = parse_each(orders.OrderPayload, page.rows, page.request_id)
            yield [line for payload in payloads if (line := payload.listed(currency))]

    async def fetch(self, vendor_order_id: str) -> VendorOrder:
        known = str(number(CARDPLUSPAY, vendor_order_id))
        parse = partial(orders.fetched, vendor_order_id=known, currency=await self._account.currency())
        reader = OrderReader(parse, self.save_unparsed_response, vendor_order_id=known)
        await self._api.read(ApiRequest("GET", f"/orders/{known}", QuotaClass.READ, reader=reader))
        return reader.order()

    async def follow_up(self, vendor_order_id: str) -> FollowUpReport:
        raise AssertionError(f"gift cards are over with their delivery, {vendor_order_id} too")

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def _catalogue_page(self, page: int) -> Response:
        query = {"per_page": PAGE, "page": page}
        return await self._api.read(ApiRequest("GET", "/catalog", QuotaClass.CATALOGUE, query))

    async def _orders_page(self, page: int) -> Response:
        return await self._api.read(
            ApiRequest("GET", "/orders", QuotaClass.READ, _NEWEST_FIRST | {"page": page})
        )


def _is_sold(payload: ProductPayload, currency: str, left_out: Counter[str]) -> bool:
    why = "posted" if payload.is_posted else "other_currency" if payload.currency != currency else None
    if why is not None:
        left_out[why] += 1
    return why is None
