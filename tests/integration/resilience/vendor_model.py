"""What the vendor's contract says, as a small double of the vendor: it takes a reference once, and shows
codes once. It knows nothing of our code but the Vendor it stands in for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from bot.domain.money import Money
from bot.domain.quotes import OrderTerms, Quote
from bot.domain.vendor_orders import Purchase, VendorOrder, VendorOrderStatus
from bot.kinds.gift_card import GIFT_CARD, GiftCardLine, Voucher
from bot.vendors.contract import NotSent, OutcomeUnknown, Refused
from tests.support.terms import vouchers

SMALL_ORDER = 5  # fulfilled within the answer
IN_FLIGHT_FOR = timedelta(seconds=60)  # a request nobody answered arrives that late at most
Ids = Iterator[int]


class Killed(BaseException):
    """The process ends here, as it would by SIGKILL: nobody may catch this."""


@dataclass
class Sold:
    """One purchase as the vendor has it."""

    number: str
    purchase: Purchase[GiftCardLine]
    status: VendorOrderStatus
    deliverables: tuple[Voucher, ...] = ()
    revealed: set[str | None] = field(default_factory=set)


class VendorModel:
    name, title = "octopus", "Octopus Cards"
    max_order_quantity, wallet_statement = None, None

    @property
    def sells(self) -> Mapping[str, object]:
        return {GIFT_CARD: self}

    @property
    def reference_lookup(self) -> "VendorModel":
        return self

    def __init__(self) -> None:
        self.sold: dict[str, Sold] = {}
        self.in_flight: list[tuple[datetime, Purchase[GiftCardLine]]] = []
        self.next_place = "answers"
        self.next_read = "answers"
        self.masks_reads = False
        self.shown: set[tuple[str, str | None]] = set()  # reference and card number, clear, in our hands
        self._numbers: Ids = count(1)
        self.now = datetime(2026, 11, 21, tzinfo=UTC)

    async def quote(self, terms: OrderTerms[GiftCardLine], *, timeout_s: float | None = None) -> Quote:
        money = Money(Decimal(10) * terms.line.units, "USD")
        zero = Money(Decimal(0), "USD")
        return Quote(
            terms, zero, Decimal(0), money, None, None, None, None, Money(Decimal(10**6), "USD"), self.now
        )

    async def place(self, purchase: Purchase[GiftCardLine]) -> VendorOrder:
        how, self.next_place = self.next_place, "answers"
        match how:
            case "killed before":
                raise Killed
            case "not sent":
                raise NotSent("nobody there")
            case "lost before":
                raise OutcomeUnknown("silence")
            case "late":
                self.in_flight.append((self.now, purchase))
                raise OutcomeUnknown("silence, and the request is still on its way")
            case "refused":
                raise Refused("no money", code="INSUFFICIENT_FUNDS", status=400, may_have_purchased=True)
        sold = self.commit(purchase)
        vendor_order = self._vendor_order(sold, clear=True)
        if how == "lost after":
            raise OutcomeUnknown("silence")
        if how == "killed after":
            raise Killed
        return self._in_our_hands(vendor_order)

    async def find(self, client_reference: str) -> VendorOrder | None:
        how, self.next_read = self.next_read, "answers"
        sold = self.sold.get(client_reference)
        if how == "silence":
            raise OutcomeUnknown("silence")
        if how == "killed":
            raise Killed
        return None if sold is None else self._vendor_order(sold, clear=False)

    async def fetch(self, vendor_order_id: str) -> VendorOrder:
        how, self.next_read = self.next_read, "answers"
        sold = next(s for s in self.sold.values() if s.number == vendor_order_id)
        if how == "silence":
            raise OutcomeUnknown("silence")
        vendor_order = self._vendor_order(sold, clear=not self.masks_reads)
        if how == "killed":
            raise Killed  # after the codes were shown: the worst moment
        return self._in_our_hands(vendor_order)

    def commit(self, purchase: Purchase[GiftCardLine]) -> Sold:
        reference = purchase.client_reference
        if reference in self.sold:
            raise Refused(
                "Duplicate client_reference", code="BAD_REQUEST", status=400, may_have_purchased=True
            )
        sold = Sold(str(next(self._numbers)), purchase, VendorOrderStatus.PENDING)
        self.sold[reference] = sold
        if purchase.terms.line.units <= SMALL_ORDER:
            self.deliver(sold, purchase.terms.line.units)
        return sold

    def deliver(self, sold: Sold, more: int) -> None:
        quantity, have = sold.purchase.terms.line.units, len(sold.deliverables)
        new = (Voucher(f"{sold.number}CARD{n:04}", "4711") for n in range(have, min(quantity, have + more)))
        sold.deliverables = (*sold.deliverables, *new)
        complete = len(sold.deliverables) == quantity
        sold.status = VendorOrderStatus.DELIVERED if complete else VendorOrderStatus.PARTIALLY_DELIVERED

    def late_arrivals(self) -> None:
        """Requests that were on their way; those that took too long never come."""
        for sent_at, purchase in self.in_flight:
            if purchase.client_reference not in self.sold and self.now - sent_at < IN_FLIGHT_FOR:
                self._vendor_order(self.commit(purchase), clear=True)  # an answer to nobody
        self.in_flight = []

    def _vendor_order(self, sold: Sold, *, clear: bool) -> VendorOrder:
        shown = []
        for voucher in sold.deliverables:
            if clear and voucher.card_number not in sold.revealed:
                sold.revealed.add(voucher.card_number)
                shown.append(voucher)
            else:
                shown.append(replace(voucher, card_number=f"*****{voucher.secrets[0][-4:]}", pin_code="****"))
        terms = sold.purchase.terms
        return VendorOrder(
            sold.number,
            sold.status,
            terms.line.product_id,
            terms.line.unit_value.amount,
            terms.line.units,
            sold.purchase.client_reference,
            tuple(shown),
            None,
        )

    def _in_our_hands(self, vendor_order: VendorOrder) -> VendorOrder:
        clear = (v for v in vouchers(vendor_order.deliverables) if v.is_clear)
        self.shown |= {(str(vendor_order.client_reference), v.card_number) for v in clear}
        return vendor_order
