"""CardPlusPay as a Provider: which call answers which question."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from urllib.parse import urlsplit

import structlog
from babel import Locale

from bot.domain.catalogue import CataloguePage, Names, ProductDetails, Wallet
from bot.domain.countries import ALPHA_2
from bot.domain.matching import ListedOrder
from bot.domain.quotes import Quote, Terms
from bot.providers.cardpluspay import orders
from bot.providers.cardpluspay.account import LARGEST_ORDER, Account
from bot.providers.cardpluspay.calls import Call, Calls
from bot.providers.cardpluspay.catalogue import DetailsShape, ProductShape
from bot.providers.cardpluspay.failures import OUT_OF_STOCK
from bot.providers.cardpluspay.pace import Lane, Pace
from bot.providers.cardpluspay.pages import PAGE, listed, pages
from bot.providers.cardpluspay.quotes import WALLET_ID, quote_of
from bot.providers.cardpluspay.signing import Signing
from bot.providers.cardpluspay.unread import unread_of_order
from bot.providers.cardpluspay.vendor import CARDPLUSPAY
from bot.providers.contract import (
    KeepUnread,
    Purchase,
    Receipt,
    ReferenceBook,
    Refused,
    Statement,
    keep_nothing,
)
from bot.providers.http.answers import Reply
from bot.providers.http.identifiers import absent, number
from bot.providers.http.login import login_mark
from bot.providers.http.shapes import readable
from bot.providers.http.together import both
from bot.providers.http.transport import Timeouts, Transport
from bot.providers.http.unread import keeping

log = structlog.get_logger()

_NEWEST_FIRST: dict[str, str | int] = {"per_page": PAGE, "sort_by": "created_at", "order": "desc"}
_IN_A_HEADER = re.compile(r"[\x21-\x7e]+")
_english = Locale("en")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class CardPlusPay:
    """See bot.providers.contract.Provider. `signing` is for accounts that have it switched on."""

    name = CARDPLUSPAY.name
    title = CARDPLUSPAY.title
    largest_order: int | None = LARGEST_ORDER
    sends_notices = False  # it might send codes there, so no order of ours carries an address

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        signing: Signing | None = None,
        clock: Callable[[], datetime] = _utc_now,
        timeouts: Timeouts | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Raises ValueError for a key that no header can carry; spaces around it do not count."""
        if not _IN_A_HEADER.fullmatch(api_key.strip()):
            raise ValueError(f"The key for {CARDPLUSPAY.title} has characters that cannot be sent.")
        self.host = urlsplit(base_url).hostname or ""
        self.keep_unread: KeepUnread = keep_nothing
        self.login_mark = login_mark(api_key.strip())
        timeouts = timeouts or Timeouts()
        self._clock = clock
        self._transport = Transport(CARDPLUSPAY, base_url, timeouts)
        self._calls = Calls(self._transport, pace or Pace(), api_key.strip(), signing, timeouts.total_s)
        self._account = Account(self._calls)
        self._categories: dict[str, None] = {}  # seen in the catalogue

    @property
    def by_reference(self) -> ReferenceBook | None:
        return None

    @property
    def statement(self) -> Statement | None:
        return None

    async def account(self) -> str | None:
        return None

    async def products(self) -> AsyncIterator[CataloguePage]:
        """What can be bought here: codes, in the account's currency. The rest is counted in the log."""
        currency, left_out = await self._account.currency(), Counter[str]()
        async for page in pages(self._catalogue_page, ProductShape.key):
            shapes = readable(ProductShape, page.rows, page.request_id)
            sold = [shape for shape in shapes if _is_sold(shape, currency, left_out)]
            products = tuple(shape.product(self.name) for shape in sold)
            self._categories.update((product.category, None) for product in products)
            yield CataloguePage(products, page.total)
        if left_out:
            log.info("cardpluspay_products_left_out", account_currency=currency, **left_out)

    async def product_details(self, product_id: str) -> ProductDetails:
        call = Call("GET", "/catalog", Lane.READ, {"item_id": product_id})
        reply = await self._calls.read(call)
        for row in listed(reply, DetailsShape.key):
            for shape in readable(DetailsShape, [row], reply.request_id):
                if shape.item_code == product_id:
                    return shape.product_details()
        raise absent(CARDPLUSPAY, "such item", reply.request_id)

    async def is_available(
        self,
        product_id: str,
        denomination: Decimal,  # noqa: ARG002  # one item is one face value
        quantity: int,
    ) -> bool:
        try:
            await self._account.price(product_id, quantity)
        except Refused as refusal:
            if refusal.code != OUT_OF_STOCK:
                raise
            return False
        return True

    async def quote(self, terms: Terms, *, timeout_s: float | None = None) -> Quote:
        if terms.wallet_id != WALLET_ID:
            raise absent(CARDPLUSPAY, f"wallet {terms.wallet_id}")
        price, wallet = await both(
            self._account.price(terms.product_id, terms.quantity, timeout_s), self._account.wallet(timeout_s)
        )
        return quote_of(price, terms, wallet, self._clock())

    async def wallets(self, *, timeout_s: float | None = None) -> list[Wallet]:
        return [await self._account.wallet(timeout_s)]

    async def names(self) -> Names:
        currency = await self._account.currency()
        return Names(
            countries={alpha_3: _english.territories[alpha_2] for alpha_3, alpha_2 in ALPHA_2.items()},
            currencies={currency: _english.currencies.get(currency, currency)},
            categories=tuple(self._categories),
        )

    async def place(self, purchase: Purchase) -> Receipt:
        """Buy, by one request. No e-mail goes with it: the vendor might send codes there."""
        terms = purchase.terms
        if not 1 <= terms.quantity <= LARGEST_ORDER:
            raise Refused(f"{self.title} sells 1 to {LARGEST_ORDER} at once.", code="INVALID", status=422)
        read = partial(orders.placed, purchase=purchase)
        unread = partial(
            unread_of_order,
            read=read,
            quantity=terms.quantity,
            client_reference=purchase.client_reference,
        )
        call = Call(
            "POST",
            "/orders",
            Lane.ORDER,
            fields={"item_code": terms.product_id, "quantity": terms.quantity},
            moves_money=True,
            keep=keeping(unread, self.keep_unread),
        )
        try:
            reply = await self._calls.once(call)
        except Refused as refusal:
            if refusal.status != 400:
                raise
            raise await self._account.explained(refusal, terms) from None
        return read(reply)

    async def orders(self) -> AsyncIterator[list[ListedOrder]]:
        currency = await self._account.currency()
        async for page in pages(self._orders_page, orders.OrderShape.key, to_the_end=True):
            shapes = readable(orders.OrderShape, page.rows, page.request_id)
            yield [line for shape in shapes if (line := shape.listed(currency))]

    async def fetch(self, provider_order_id: str) -> Receipt:
        known = str(number(CARDPLUSPAY, provider_order_id))
        read = partial(orders.fetched, provider_order_id=known, currency=await self._account.currency())
        unread = partial(unread_of_order, read=read, provider_order_id=known)
        keep = keeping(unread, self.keep_unread)
        return read(await self._calls.read(Call("GET", f"/orders/{known}", Lane.READ, keep=keep)))

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def _catalogue_page(self, page: int) -> Reply:
        query = {"per_page": PAGE, "page": page}
        return await self._calls.read(Call("GET", "/catalog", Lane.CATALOGUE, query))

    async def _orders_page(self, page: int) -> Reply:
        return await self._calls.read(Call("GET", "/orders", Lane.READ, _NEWEST_FIRST | {"page": page}))


def _is_sold(shape: ProductShape, currency: str, left_out: Counter[str]) -> bool:
    why = "posted" if shape.is_posted else "other_currency" if shape.currency != currency else None
    if why is not None:
        left_out[why] += 1
    return why is None
