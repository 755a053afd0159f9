"""A vendor that takes no reference, as its contract says: two equal requests are two orders. All there is to
tell them apart is its list, its balance, and reads that leave PINs out."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.catalogue import Wallet
from bot.domain.money import Money
from bot.domain.quotes import OrderTerms, Quote
from bot.domain.reconciliation import ListedOrder
from bot.domain.vendor_orders import Purchase, VendorOrder, VendorOrderStatus
from bot.kinds.gift_card import GiftCardLine, Voucher
from bot.vendors.contract import OutcomeUnknown, Refused
from tests.integration.resilience.vendor_model import IN_FLIGHT_FOR, Killed, Sold, VendorModel

PRICE = Decimal("9.70")  # of a card with a face value of 10


class VendorModelWithoutReference(VendorModel):
    reference_lookup = None  # type: ignore[assignment]  # where the other model has itself

    def __init__(self) -> None:
        super().__init__()
        self.balance = Decimal(100_000)
        self.elsewhere: list[tuple[str, Decimal, datetime]] = []  # bought in its dashboard
        self.sold_at: dict[str, datetime] = {}
        self.has_pins = True

    async def quote(self, terms: OrderTerms[GiftCardLine], *, timeout_s: float | None = None) -> Quote:
        charge = Money(PRICE * terms.line.units, "USD")
        discount = terms.face_value - charge
        wallet = Money(self.balance, "USD")
        return Quote(
            terms, discount, Decimal(3), charge, None, None, None, None, wallet, self.now, life=timedelta(0)
        )

    async def wallets(self, *, timeout_s: float | None = None) -> list[Wallet]:
        self._may_be_silent()
        return [Wallet(self.name, "31", Money(self.balance, "USD"), "PREPAID")]

    async def orders(self) -> AsyncIterator[list[ListedOrder]]:
        self._may_be_silent()
        ours = [
            (self.sold_at[sold.number], sold.number, self.charge_of(sold.purchase))
            for sold in self.sold.values()
        ]
        theirs = [(at, number, charge) for number, charge, at in self.elsewhere]
        newest = sorted([*ours, *theirs], key=lambda entry: (entry[0], int(entry[1])), reverse=True)
        for start in range(0, max(1, len(newest)), 100):
            yield [
                ListedOrder(number, None, None, None, None, None, at, Money(charge, "USD"))
                for at, number, charge in newest[start : start + 100]
            ]

    async def fetch(self, vendor_order_id: str) -> VendorOrder:
        self._may_be_silent()
        for number, charge, at in self.elsewhere:
            if number == vendor_order_id:
                return self._read(
                    number, VendorOrderStatus.DELIVERED, (Voucher("SOMEBODYELSES1"),), charge, at
                )
        sold = next(s for s in self.sold.values() if s.number == vendor_order_id)
        bare = tuple(Voucher(voucher.card_number) for voucher in sold.deliverables)
        return self._read(
            sold.number, sold.status, bare, self.charge_of(sold.purchase), self.sold_at[sold.number]
        )

    async def find(self, client_reference: str) -> VendorOrder | None:
        raise AssertionError("this vendor has no such call")

    def commit(self, purchase: Purchase[GiftCardLine]) -> Sold:
        reference = purchase.client_reference
        assert reference not in self.sold, f"{reference} was bought twice"
        if self.balance < self.charge_of(purchase):
            raise Refused("no money", code="INSUFFICIENT_FUNDS", status=400, may_have_purchased=True)
        sold = super().commit(purchase)
        if not self.has_pins:
            sold.deliverables = tuple(replace(voucher, pin_code=None) for voucher in sold.deliverables)
        self.balance -= self.charge_of(purchase)
        self.sold_at[sold.number] = self.now
        return sold

    def late_arrivals(self) -> None:
        """Each is an order of its own, whatever was bought meanwhile; those that took too long never come."""
        for sent_at, purchase in self.in_flight:
            if self.now - sent_at < IN_FLIGHT_FOR:
                self.commit(purchase)
        self.in_flight = []

    def buy_elsewhere(self, charge: Decimal) -> None:
        self.balance -= charge
        self.elsewhere.append((str(next(self._numbers)), charge, self.now))

    def charge_of(self, purchase: Purchase[GiftCardLine]) -> Decimal:
        return PRICE * purchase.terms.line.units

    def _read(
        self,
        number: str,
        status: VendorOrderStatus,
        vouchers: tuple[Voucher, ...],
        charge: Decimal,
        at: datetime,
    ) -> VendorOrder:
        return VendorOrder(
            number,
            status,
            "",
            Decimal(0),
            0,
            None,
            vouchers,
            None,
            Money(charge, "USD"),
            at,
            pins_left_out=True,
        )

    def _may_be_silent(self) -> None:
        how, self.next_read = self.next_read, "answers"
        if how == "silence":
            raise OutcomeUnknown("silence")
        if how == "killed":
            raise Killed
