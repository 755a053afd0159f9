"""Gift cards as CardPlusPay sells them."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from functools import partial

import structlog

from bot.domain.catalogue import CataloguePage, ProductDetails
from bot.domain.quotes import OrderTerms, Quote
from bot.domain.vendor_orders import Purchase, VendorOrder
from bot.kinds.gift_card import GiftCardLine
from bot.vendors.cardpluspay import orders
from bot.vendors.cardpluspay.account import MAX_ORDER_QUANTITY, Account
from bot.vendors.cardpluspay.api import ApiClient, ApiRequest
from bot.vendors.cardpluspay.catalogue import DetailsPayload, ProductPayload
from bot.vendors.cardpluspay.errors import OUT_OF_STOCK
from bot.vendors.cardpluspay.identity import CARDPLUSPAY
from bot.vendors.cardpluspay.order_reader import OrderReader
from bot.vendors.cardpluspay.pages import PAGE, listed, pages
from bot.vendors.cardpluspay.quotes import WALLET_ID, quote_of
from bot.vendors.cardpluspay.rate_limit import QuotaClass
from bot.vendors.contract import FollowUpReport, ReferenceLookup, Refused, SaveUnparsedResponse
from bot.vendors.http.concurrency import gather_both
from bot.vendors.http.identifiers import absent, number
from bot.vendors.http.payloads import parse_each
from bot.vendors.http.responses import Response

log = structlog.get_logger()


class CardPlusPayGiftCards:
    """See bot.vendors.contract.Sells."""

    max_order_quantity: int | None = MAX_ORDER_QUANTITY

    def __init__(
        self, api: ApiClient, account: Account, save: SaveUnparsedResponse, clock: Callable[[], datetime]
    ) -> None:
        self._api, self._account, self._save, self._clock = api, account, save, clock
        self._categories: dict[str, None] = {}  # seen in the catalogue, in order

    @property
    def reference_lookup(self) -> ReferenceLookup | None:
        return None

    @property
    def categories(self) -> tuple[str, ...]:
        """Those of the products read so far: the vendor has no list of them."""
        return tuple(self._categories)

    async def products(self) -> AsyncIterator[CataloguePage]:
        """Products with codes in the account's currency. The log counts the others."""
        currency, left_out = await self._account.currency(), Counter[str]()
        async for page in pages(self._catalogue_page, ProductPayload.key):
            payloads = parse_each(ProductPayload, page.rows, page.request_id)
            sold = [payload for payload in payloads if _is_sold(payload, currency, left_out)]
            products = tuple(payload.product(CARDPLUSPAY.name) for payload in sold)
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

    async def place(self, purchase: Purchase[GiftCardLine]) -> VendorOrder:
        """Buy with one request. It has no e-mail address, because the vendor might send codes there."""
        terms = purchase.terms
        if not 1 <= terms.line.quantity <= MAX_ORDER_QUANTITY:
            raise Refused(
                f"{CARDPLUSPAY.title} sells 1 to {MAX_ORDER_QUANTITY} at once.", code="INVALID", status=422
            )
        reader = OrderReader(
            partial(orders.placed, purchase=purchase),
            self._save,
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

    async def fetch(self, vendor_order_id: str) -> VendorOrder:
        known = str(number(CARDPLUSPAY, vendor_order_id))
        parse = partial(orders.fetched, vendor_order_id=known, currency=await self._account.currency())
        reader = OrderReader(parse, self._save, vendor_order_id=known)
        await self._api.read(ApiRequest("GET", f"/orders/{known}", QuotaClass.READ, reader=reader))
        return reader.order()

    async def follow_up(self, vendor_order_id: str) -> FollowUpReport:
        raise AssertionError(f"gift cards are over with their delivery, {vendor_order_id} too")

    async def _catalogue_page(self, page: int) -> Response:
        query = {"per_page": PAGE, "page": page}
        return await self._api.read(ApiRequest("GET", "/catalog", QuotaClass.CATALOGUE, query))


def _is_sold(payload: ProductPayload, currency: str, left_out: Counter[str]) -> bool:
    why = "posted" if payload.is_posted else "other_currency" if payload.currency != currency else None
    if why is not None:
        left_out[why] += 1
    return why is None
