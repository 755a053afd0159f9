"""A vendor with one shelf and one till, for tests of how its answers are shown."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from bot.domain.catalogue import CataloguePage, Denomination, Names, Product, ProductDetails, Wallet
from bot.domain.money import Money
from bot.domain.quotes import OrderTerms, Quote
from bot.domain.reconciliation import ListedOrder
from bot.domain.vendor_orders import Purchase, VendorOrder
from bot.domain.wallet_transactions import WalletTransaction
from bot.kinds.gift_card import GIFT_CARD, GiftCardLine
from bot.vendors.contract import (
    FollowUpReport,
    NotSent,
    ReferenceLookup,
    SaveUnparsedResponse,
    Sells,
    WalletStatement,
    discard_unparsed_response,
)


def fixed(product_id: str, name: str, *amounts: int, country: str = "USA", currency: str = "USD") -> Product:
    denominations = tuple(Denomination(Decimal(a), Decimal(a), Decimal(3)) for a in amounts)
    return Product("octopus", product_id, name, "Gaming", country, currency, denominations)


PRODUCTS = [
    fixed("8101", "Steam", 20, 50),
    fixed("8102", "Steam", 20, 50, country="DEU", currency="EUR"),
    fixed("8103", "Roblox", 25),
    *(fixed(f"82{n:02}", f"Arcade {n}", 10) for n in range(12)),
]


class FakeVendor:
    """Sells at 3 % off from one wallet of 1000 USD. `closed` answers nothing; `ready` unset, not yet."""

    name = "octopus"
    title = "Octopus Cards"
    host, credentials_fingerprint = "shop.example", "mark"
    max_order_quantity: int | None = None
    sends_recipient_email = True

    def __init__(self) -> None:
        self.save_unparsed_response: SaveUnparsedResponse = discard_unparsed_response
        self.closed = False
        self.ready = asyncio.Event()
        self.ready.set()

    @property
    def sells(self) -> Mapping[str, Sells[GiftCardLine]]:
        return {GIFT_CARD: self}

    @property
    def reference_lookup(self) -> ReferenceLookup:
        return self

    @property
    def wallet_statement(self) -> WalletStatement:
        return self

    async def account(self) -> str | None:
        return "7"

    async def products(self) -> AsyncIterator[CataloguePage]:
        yield CataloguePage(tuple(PRODUCTS), len(PRODUCTS))

    async def product_details(self, product_id: str) -> ProductDetails:
        self._must_be_open()
        return ProductDetails(terms=f"Terms of {product_id}", how_to_use="Type the code.")

    async def is_available(self, line: GiftCardLine) -> bool:
        return True

    async def quote(self, terms: OrderTerms[GiftCardLine], *, timeout_s: float | None = None) -> Quote:
        self._must_be_open()
        discount = terms.face_value.amount * 3 / 100
        return Quote(
            terms=terms,
            discount=Money(discount, terms.face_value.currency),
            discount_percent=Decimal(3),
            charge=Money(terms.face_value.amount - discount, "USD"),
            forex_rate=None,
            fee=None,
            tax=None,
            max_quantity=None,
            wallet_balance=Money(Decimal(1000), "USD"),
            quoted_at=datetime.now(UTC),
        )

    async def wallets(self, *, timeout_s: float | None = None) -> list[Wallet]:
        await self.ready.wait()
        self._must_be_open()
        return [Wallet(self.name, "31", Money(Decimal(1000), "USD"), "PREPAID")]

    async def names(self) -> Names:
        return Names(
            {"USA": "United States", "DEU": "Germany"}, {"USD": "US Dollar", "EUR": "Euro"}, ("Gaming",)
        )

    async def wallet_transactions(
        self, wallet_id: str | None = None
    ) -> AsyncIterator[list[WalletTransaction]]:
        yield []

    async def orders(self) -> AsyncIterator[list[ListedOrder]]:
        yield []

    async def place(self, purchase: Purchase[GiftCardLine]) -> VendorOrder:
        raise NotSent("this shop only shows")

    async def find(self, client_reference: str) -> VendorOrder | None:
        return None

    async def fetch(self, vendor_order_id: str) -> VendorOrder:
        raise NotSent("this shop only shows")

    async def follow_up(self, vendor_order_id: str) -> FollowUpReport:
        raise AssertionError("gift cards are over with their delivery")

    async def aclose(self) -> None:
        self.closed = True

    def _must_be_open(self) -> None:
        if self.closed:
            raise NotSent("closed")
