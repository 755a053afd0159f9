"""A third vendor, as docs/adding-a-vendor.md describes it: a shop in memory that differs from both others.

It takes a reference, keeps no statement, holds a price for a minute, sells three cards at once, and brings
the codes of an order with the second read.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bot.domain.catalogue import CataloguePage, Denomination, Names, Product, ProductDetails, Wallet
from bot.domain.money import Money
from bot.domain.quotes import OrderTerms, Quote
from bot.domain.reconciliation import ListedOrder
from bot.domain.vendor_orders import Purchase, VendorOrder, VendorOrderStatus
from bot.kinds.gift_card import GIFT_CARD, GiftCardLine, Voucher
from bot.vendors.contract import (
    FollowUpReport,
    ReferenceLookup,
    Refused,
    SaveUnparsedResponse,
    Sells,
    discard_unparsed_response,
)


@dataclass
class Sold:
    number: str
    purchase: Purchase[GiftCardLine]
    charge: Money
    at: datetime
    reads: int = 0


class CornerShop:
    name, title, host = "corner_shop", "Corner Shop", "corner-shop.example"
    credentials_fingerprint = "mark"
    max_order_quantity: int | None = 3
    wallet_statement, sends_recipient_email = None, False

    def __init__(self) -> None:
        self.save_unparsed_response: SaveUnparsedResponse = discard_unparsed_response
        self.purse = Money(Decimal(500), "USD")
        self.sold: dict[str, Sold] = {}

    @property
    def sells(self) -> Mapping[str, Sells[GiftCardLine]]:
        return {GIFT_CARD: self}

    @property
    def reference_lookup(self) -> ReferenceLookup:
        return self

    async def account(self) -> str | None:
        return "1"

    async def products(self) -> AsyncIterator[CataloguePage]:
        ten = Denomination(Decimal(10), Decimal(10), Decimal(5))
        yield CataloguePage(
            (Product(self.name, "tea", "Tea House", "Food", "USA", "USD", (ten,), brand="Tea House"),), 1
        )

    async def product_details(self, product_id: str) -> ProductDetails:
        return ProductDetails()

    async def is_available(self, line: GiftCardLine) -> bool:
        return line.product_id == "tea"

    async def quote(self, terms: OrderTerms[GiftCardLine], *, timeout_s: float | None = None) -> Quote:
        discount = Money(terms.face_value.amount * 5 / 100, "USD")
        return Quote(
            terms=terms,
            discount=discount,
            discount_percent=Decimal(5),
            charge=terms.face_value - discount,
            forex_rate=None,
            fee=None,
            tax=None,
            max_quantity=None,
            wallet_balance=self.purse,
            quoted_at=datetime.now(UTC),
            life=timedelta(minutes=1),
        )

    async def wallets(self, *, timeout_s: float | None = None) -> list[Wallet]:
        return [Wallet(self.name, "purse", self.purse, "PREPAID")]

    async def names(self) -> Names:
        return Names({"USA": "United States"}, {"USD": "US Dollar"}, ("Food",))

    async def place(self, purchase: Purchase[GiftCardLine]) -> VendorOrder:
        if purchase.client_reference in self.sold:
            raise Refused("We know this reference.", code="DUPLICATE", status=400, may_have_purchased=True)
        charge = (await self.quote(purchase.terms)).charge
        if charge.amount > self.purse.amount:
            raise Refused("The purse is empty.", code="INSUFFICIENT_FUNDS", status=400)
        self.purse -= charge
        sold = Sold(str(len(self.sold) + 1), purchase, charge, datetime.now(UTC))
        self.sold[purchase.client_reference] = sold
        return self._vendor_order(sold)

    async def find(self, client_reference: str) -> VendorOrder | None:
        sold = self.sold.get(client_reference)
        return self._vendor_order(sold) if sold else None

    async def fetch(self, vendor_order_id: str) -> VendorOrder:
        sold = next(each for each in self.sold.values() if each.number == vendor_order_id)
        sold.reads += 1
        return self._vendor_order(sold)

    async def orders(self) -> AsyncIterator[list[ListedOrder]]:
        yield [self._listed(sold) for sold in reversed(self.sold.values())]

    async def follow_up(self, vendor_order_id: str) -> FollowUpReport:
        raise AssertionError("gift cards are over with their delivery")

    async def aclose(self) -> None:
        """Nothing is open."""

    def _listed(self, sold: Sold) -> ListedOrder:
        terms, reference = sold.purchase.terms, sold.purchase.client_reference
        return ListedOrder(
            sold.number, reference, "tea", Decimal(10), terms.line.units, "purse", sold.at, sold.charge
        )

    def _vendor_order(self, sold: Sold) -> VendorOrder:
        terms, ready = sold.purchase.terms, sold.reads > 1
        return VendorOrder(
            vendor_order_id=sold.number,
            status=VendorOrderStatus.DELIVERED if ready else VendorOrderStatus.PENDING,
            product_id=terms.line.product_id,
            denomination=terms.line.unit_value.amount,
            quantity=terms.line.units,
            client_reference=sold.purchase.client_reference,
            deliverables=tuple(Voucher(f"TEA-{sold.number}-{n}") for n in range(terms.line.units))
            if ready
            else (),
            request_id=None,
            charge=sold.charge,
            created_at=sold.at,
        )
