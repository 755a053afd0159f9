"""What the vendor's contract says, as a small double of the vendor: it takes a reference once, and shows
codes once. It knows nothing of our code but the Provider it stands in for."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from bot.domain.money import Money
from bot.domain.quotes import Quote, Terms
from bot.domain.vouchers import Voucher
from bot.providers.contract import NotSent, OutcomeUnknown, Purchase, Receipt, ReceiptStatus, Refused

SMALL_ORDER = 5  # fulfilled within the answer
IN_FLIGHT_FOR = timedelta(seconds=60)  # a request nobody answered arrives that late at most
Ids = Iterator[int]


class Killed(BaseException):
    """The process ends here, as it would by SIGKILL: nobody may catch this."""


@dataclass
class Sold:
    """One purchase in the vendor's books."""

    number: str
    purchase: Purchase
    status: ReceiptStatus
    vouchers: tuple[Voucher, ...] = ()
    revealed: set[str | None] = field(default_factory=set)


class VendorModel:
    name, title = "octopus", "Octopus Cards"
    largest_order, statement = None, None

    @property
    def by_reference(self) -> "VendorModel":
        return self

    def __init__(self) -> None:
        self.sold: dict[str, Sold] = {}
        self.in_flight: list[tuple[datetime, Purchase]] = []
        self.next_place = "answers"
        self.next_read = "answers"
        self.masks_reads = False
        self.shown: set[tuple[str, str | None]] = set()  # reference and card number, clear, in our hands
        self._numbers: Ids = count(1)
        self.now = datetime(2026, 11, 21, tzinfo=UTC)

    async def quote(self, terms: Terms, *, timeout_s: float | None = None) -> Quote:
        money = Money(Decimal(10) * terms.quantity, "USD")
        zero = Money(Decimal(0), "USD")
        return Quote(
            terms, zero, Decimal(0), money, None, None, None, None, Money(Decimal(10**6), "USD"), self.now
        )

    async def place(self, purchase: Purchase) -> Receipt:
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
                raise Refused("no money", code="INSUFFICIENT_FUNDS", status=400, in_doubt=True)
        sold = self.commit(purchase)
        receipt = self._receipt(sold, clear=True)
        if how == "lost after":
            raise OutcomeUnknown("silence")
        if how == "killed after":
            raise Killed
        return self._in_our_hands(receipt)

    async def find(self, client_reference: str) -> Receipt | None:
        how, self.next_read = self.next_read, "answers"
        sold = self.sold.get(client_reference)
        if how == "silence":
            raise OutcomeUnknown("silence")
        if how == "killed":
            raise Killed
        return None if sold is None else self._receipt(sold, clear=False)

    async def fetch(self, provider_order_id: str) -> Receipt:
        how, self.next_read = self.next_read, "answers"
        sold = next(s for s in self.sold.values() if s.number == provider_order_id)
        if how == "silence":
            raise OutcomeUnknown("silence")
        receipt = self._receipt(sold, clear=not self.masks_reads)
        if how == "killed":
            raise Killed  # after the codes were shown: the worst moment
        return self._in_our_hands(receipt)

    def commit(self, purchase: Purchase) -> Sold:
        reference = purchase.client_reference
        if reference in self.sold:
            raise Refused("Duplicate client_reference", code="BAD_REQUEST", status=400, in_doubt=True)
        sold = Sold(str(next(self._numbers)), purchase, ReceiptStatus.PENDING)
        self.sold[reference] = sold
        if purchase.terms.quantity <= SMALL_ORDER:
            self.deliver(sold, purchase.terms.quantity)
        return sold

    def deliver(self, sold: Sold, more: int) -> None:
        quantity, have = sold.purchase.terms.quantity, len(sold.vouchers)
        new = (Voucher(f"{sold.number}CARD{n:04}", "4711") for n in range(have, min(quantity, have + more)))
        sold.vouchers = (*sold.vouchers, *new)
        complete = len(sold.vouchers) == quantity
        sold.status = ReceiptStatus.DELIVERED if complete else ReceiptStatus.PARTLY_DELIVERED

    def late_arrivals(self) -> None:
        """Requests that were on their way; those that took too long never come."""
        for sent_at, purchase in self.in_flight:
            if purchase.client_reference not in self.sold and self.now - sent_at < IN_FLIGHT_FOR:
                self._receipt(self.commit(purchase), clear=True)  # an answer to nobody
        self.in_flight = []

    def _receipt(self, sold: Sold, *, clear: bool) -> Receipt:
        vouchers = []
        for voucher in sold.vouchers:
            if clear and voucher.card_number not in sold.revealed:
                sold.revealed.add(voucher.card_number)
                vouchers.append(voucher)
            else:
                vouchers.append(
                    replace(voucher, card_number=f"*****{voucher.secrets[0][-4:]}", pin_code="****")
                )
        terms = sold.purchase.terms
        return Receipt(
            sold.number,
            sold.status,
            terms.product_id,
            terms.denomination.amount,
            terms.quantity,
            sold.purchase.client_reference,
            tuple(vouchers),
            None,
        )

    def _in_our_hands(self, receipt: Receipt) -> Receipt:
        clear = (v for v in receipt.vouchers if v.is_clear)
        self.shown |= {(str(receipt.client_reference), v.card_number) for v in clear}
        return receipt
