"""Octopus Cards as a Provider: which call answers which question."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

import structlog

from bot.domain.catalogue import CataloguePage, Names, ProductDetails, Wallet
from bot.domain.matching import ListedOrder
from bot.domain.money import Money, rounded
from bot.domain.movements import Movement
from bot.domain.quotes import Quote, Terms
from bot.providers.contract import (
    KeepUnread,
    OutcomeUnknown,
    Purchase,
    Receipt,
    ReferenceBook,
    Statement,
    keep_nothing,
)
from bot.providers.http.answers import Reply
from bot.providers.http.identifiers import absent, number
from bot.providers.http.login import login_mark
from bot.providers.http.shapes import read_as
from bot.providers.http.together import both
from bot.providers.http.transport import Keep, Timeouts, Transport
from bot.providers.http.unread import keeping
from bot.providers.octopus import orders
from bot.providers.octopus.auth import Access
from bot.providers.octopus.calls import Call, Calls
from bot.providers.octopus.catalogue import (
    AvailabilityShape,
    DetailsShape,
    ProductShape,
    WalletShape,
    has_more,
    more_by_headers,
    total_of,
)
from bot.providers.octopus.charges import quote_of
from bot.providers.octopus.pace import Lane, Pace
from bot.providers.octopus.shapes import elements, readable
from bot.providers.octopus.statements import TransactionShape
from bot.providers.octopus.tables import Tables
from bot.providers.octopus.unread import unread_of_order
from bot.providers.octopus.vendor import OCTOPUS, new_request_id

log = structlog.get_logger()

Listed = TypeVar("Listed", ProductShape, TransactionShape, orders.OrderShape)

_PAGE = 500  # the vendor's largest
_STATEMENT_PAGE = 500  # of 10,000 allowed: what is looked for is nearly always recent
_ORDERS_PAGE = 100  # a list shows every voucher of every order, masked, and an answer has its largest size
_MOST_PAGES = 200
_ORDERS = "/api/v1/orders"
_number = partial(number, OCTOPUS)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class OctopusCards:
    """See bot.providers.contract.Provider. Times come from `clock`, UTC; it is also what tokens expire by."""

    name = OCTOPUS.name
    title = OCTOPUS.title
    largest_order: int | None = None  # each quote says how many
    sends_notices = True

    def __init__(
        self,
        base_url: str,
        api_key: str,
        api_secret: str,
        *,
        clock: Callable[[], datetime] = _utc_now,
        timeouts: Timeouts | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.host = urlsplit(base_url).hostname or ""
        self.keep_unread: KeepUnread = keep_nothing
        self.login_mark = login_mark(api_key)
        timeouts, pace = timeouts or Timeouts(), pace or Pace()
        self._clock = clock
        self._transport = Transport(OCTOPUS, base_url, timeouts, new_request_id=new_request_id)
        self._access = Access(
            self._transport, pace, api_key, api_secret, clock=clock, patience_s=timeouts.total_s
        )
        self._calls = Calls(self._transport, self._access, pace, timeouts.total_s)
        self._tables = Tables(self._get, clock)

    @property
    def by_reference(self) -> ReferenceBook:
        return self

    @property
    def statement(self) -> Statement:
        return self

    async def check_login(self) -> None:
        """Log in afresh. Raises AccessDenied (which of key, address or feature it is), or NotSent."""
        await self._access.login()

    async def account(self) -> str | None:
        return await self._access.client_id()

    async def products(self) -> AsyncIterator[CataloguePage]:
        async for reply, shapes in self._pages("/products", ProductShape, _PAGE):
            if elements(reply):
                yield CataloguePage(tuple(shape.product(self.name) for shape in shapes), total_of(reply))

    async def product_details(self, product_id: str) -> ProductDetails:
        reply = await self._get(f"/products/{_number(product_id)}")
        return read_as(DetailsShape, reply).product_details()

    async def is_available(self, product_id: str, denomination: Decimal, quantity: int) -> bool:
        call = Call(
            "POST",
            f"/api/v1/products/{_number(product_id)}/availability",
            Lane.OTHER,
            fields={"denomination": denomination, "quantity": quantity},
        )
        return read_as(AvailabilityShape, await self._calls.read(call)).is_available

    async def quote(self, terms: Terms, *, timeout_s: float | None = None) -> Quote:
        call = Call(
            "POST",
            f"/api/v1/products/{_number(terms.product_id)}/charges",
            Lane.CHARGES,
            fields={
                "denomination": terms.denomination.amount,
                "quantity": terms.quantity,
                "wallet_id": _number(terms.wallet_id),
            },
        )
        reply, wallets = await both(self._calls.read(call, timeout_s), self.wallets(timeout_s=timeout_s))
        for wallet in wallets:
            if wallet.wallet_id == terms.wallet_id:
                return quote_of(reply, terms, wallet, self._clock())
        raise absent(OCTOPUS, f"wallet {terms.wallet_id}", reply.request_id)

    async def wallets(self, *, timeout_s: float | None = None) -> list[Wallet]:
        reply, currencies = await both(
            self._calls.read(Call("GET", "/api/v1/wallets", Lane.READ), timeout_s),
            self.currencies(timeout_s=timeout_s),
        )
        wallets = []
        for shape in readable(WalletShape, reply):
            if not self._tables.has_currency(shape.currency_id, currencies):
                continue
            currency = currencies[shape.currency_id]
            balance = Money(rounded(shape.amount, currency), currency)
            wallets.append(Wallet(self.name, shape.id, balance, shape.type or "PREPAID"))
        return wallets

    async def movements(self, wallet_id: str | None = None) -> AsyncIterator[list[Movement]]:
        of_wallet = {} if wallet_id is None else {"wallet_id": _number(wallet_id)}
        async for _, shapes in self._pages("/transactions", TransactionShape, _STATEMENT_PAGE, **of_wallet):
            currencies = await self.currencies()
            yield [
                shape.movement(self.name, currencies[shape.currency_id])
                for shape in shapes
                if self._tables.has_currency(shape.currency_id, currencies)
            ]

    async def currencies(self, *, timeout_s: float | None = None) -> dict[str, str]:
        """ISO 4217 codes by the vendor's currency id, kept for a day."""
        return await self._tables.currencies(timeout_s=timeout_s)

    async def names(self) -> Names:
        return await self._tables.names()

    async def place(self, purchase: Purchase) -> Receipt:
        """Buy, by one request at most. It may take three times the total: log in, wait our turn, send."""
        terms = purchase.terms
        fields: dict[str, str | int | Decimal] = {
            "product_id": _number(terms.product_id),
            "denomination": terms.denomination.amount,
            "quantity": terms.quantity,
            "wallet_id": _number(terms.wallet_id),
            "client_reference": purchase.client_reference,
        }
        if purchase.recipient_email:
            fields["email"] = purchase.recipient_email
        read = partial(orders.placed, purchase=purchase)
        keep = self._keeping(read, client_reference=purchase.client_reference)
        call = Call("POST", _ORDERS, Lane.ORDER, fields=fields, moves_money=True, keep=keep)
        return read(await self._calls.once(call))

    async def find(self, client_reference: str) -> Receipt | None:
        read = partial(orders.found, client_reference=client_reference)
        keep = self._keeping(read, client_reference=client_reference)
        query = {"client_reference": client_reference}
        return read(await self._calls.read(Call("GET", _ORDERS, Lane.READ, query, keep=keep)))

    async def orders(self) -> AsyncIterator[list[ListedOrder]]:
        async for _, shapes in self._pages("/orders", orders.OrderShape, _ORDERS_PAGE):
            yield [listed for shape in shapes if (listed := shape.listed())]

    async def fetch(self, provider_order_id: str) -> Receipt:
        known = str(_number(provider_order_id))
        read = partial(orders.fetched, provider_order_id=known)
        keep = self._keeping(read, provider_order_id=known)
        return read(await self._calls.read(Call("GET", f"{_ORDERS}/{known}", Lane.READ, keep=keep)))

    async def aclose(self) -> None:
        await self._access.aclose()
        await self._transport.aclose()

    def _keeping(
        self,
        read: Callable[[Reply], Receipt | None],
        client_reference: str | None = None,
        provider_order_id: str | None = None,
    ) -> Keep:
        unread = partial(
            unread_of_order,
            read=read,
            client_reference=client_reference,
            provider_order_id=provider_order_id,
        )
        return keeping(unread, self.keep_unread)

    async def _pages(
        self, path: str, shape: type[Listed], limit: int, **query: str | int
    ) -> AsyncIterator[tuple[Reply, list[Listed]]]:
        """A list, page by page. Raises OutcomeUnknown for one without an end."""
        seen: set[str | None] = set()
        for page in range(1, _MOST_PAGES + 1):
            reply = await self._get(path, None, page=page, limit=limit, **query)
            shapes = readable(shape, reply)
            ids = {shape.id for shape in shapes}
            if ids and ids <= seen and more_by_headers(reply, page) is None:
                return  # it knows no pages, and lists the same each time
            seen |= ids
            yield reply, shapes
            if not has_more(reply, page, limit):
                return
        raise OutcomeUnknown(
            f"Octopus Cards' list at {path} has no end: we stopped after {_MOST_PAGES} pages."
        )

    async def _get(self, path: str, timeout_s: float | None = None, **query: str | int) -> Reply:
        return await self._calls.read(Call("GET", f"/api/v1{path}", Lane.READ, query or None), timeout_s)
