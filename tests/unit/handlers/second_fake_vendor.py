"""A second shop beside the first: one product for each face value, and prices that it does not hold."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.domain.catalogue import CataloguePage, Denomination, Product, Wallet
from bot.domain.money import Money
from bot.domain.quotes import OrderTerms, Quote
from bot.kinds.gift_card import GiftCardLine
from bot.vendors.contract import NotSent
from tests.unit.handlers.fake_vendor import FakeVendor


def plus(name: str, amount: int, discount: str, country: str = "USA", currency: str = "USD") -> Product:
    fixed = Denomination(Decimal(amount), Decimal(amount), Decimal(discount))
    code = f"{name}-{amount}{currency}"
    title = f"{name} {amount} {currency}"
    return Product("cardpluspay", code, title, "Gaming", country, currency, (fixed,), brand=name)


SECOND_VENDOR_PRODUCTS = [
    plus("Steam", 20, "3.25"),
    plus("Steam", 50, "2"),
    plus("Steam", 100, "4"),
    plus("Fuel", 25, "1"),
]


class SecondFakeVendor(FakeVendor):
    """Charges what its catalogue says. `unlisted`: nobody can read the catalogue."""

    name = "cardpluspay"
    title = "CardPlusPay"
    host = "plus.example"

    def __init__(self) -> None:
        super().__init__()
        self.unlisted = False

    async def account(self) -> str | None:
        return None

    async def products(self) -> AsyncIterator[CataloguePage]:
        yield CataloguePage(tuple(SECOND_VENDOR_PRODUCTS[:1]), len(SECOND_VENDOR_PRODUCTS))
        if self.unlisted:
            raise NotSent("the second page is lost")
        yield CataloguePage(tuple(SECOND_VENDOR_PRODUCTS[1:]), len(SECOND_VENDOR_PRODUCTS))

    async def quote(self, terms: OrderTerms[GiftCardLine], *, timeout_s: float | None = None) -> Quote:
        charge = (
            self._product(terms.line.product_id).estimated_cost(terms.line.unit_value.amount)
            * terms.line.units
        )
        held = await super().quote(terms, timeout_s=timeout_s)
        return replace(held, charge=charge, discount=terms.face_value - charge, life=timedelta(0))

    async def wallets(self, *, timeout_s: float | None = None) -> list[Wallet]:
        await self.ready.wait()
        self._must_be_open()
        return [Wallet(self.name, "account", Money(Decimal(700), "USD"), "PREPAID")]

    def _product(self, product_id: str) -> Product:
        return next(product for product in SECOND_VENDOR_PRODUCTS if product.product_id == product_id)
