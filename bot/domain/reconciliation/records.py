"""The vendor's two books beside ours, so that each line finds its counterparts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.money import Money
from bot.domain.orders import Order
from bot.domain.reconciliation.findings import BookedRefund
from bot.domain.wallet_transactions import Direction, WalletTransaction


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """An order as the vendor lists it. What it does not say is None."""

    vendor_order_id: str
    client_reference: str | None
    product_id: str | None
    denomination: Decimal | None
    quantity: int | None
    wallet_id: str | None
    at: datetime | None
    charge: Money | None = None  # what it cost, where the list says so
    kind: str = "gift_card"

    def payment(self, vendor: str, read_at: datetime) -> WalletTransaction | None:
        """Its charge as a wallet transaction, for vendors without a statement; None where it does not say."""
        if self.charge is None:
            return None
        return WalletTransaction(
            vendor=vendor,
            transaction_id=f"order {self.vendor_order_id}",
            wallet_id=self.wallet_id or "",
            amount=self.charge,
            direction=Direction.DEBIT,
            affects_balance=True,
            vendor_order_id=self.vendor_order_id,
            remarks="",
            at=self.at or read_at,
        )


@dataclass(frozen=True, slots=True)
class LocalOrder:
    order: Order
    codes_held: int
    codes_shown: bool  # to the requester, at least once


class ReconciliationRecords:
    def __init__(
        self,
        listed: Iterable[ListedOrder],
        wallet_transactions: Iterable[WalletTransaction],
        ours: Sequence[LocalOrder],
        *,
        since: datetime,
        as_of: datetime,
    ) -> None:
        self.since = since
        self._as_of = as_of
        # By number, because a page that shifted while it was read shows some lines twice.
        self.listed = {order.vendor_order_id: order for order in listed}
        self.wallet_transactions = {m.transaction_id: m for m in wallet_transactions if m.affects_balance}
        self.references = {own.order.client_reference for own in ours}
        self.numbers = {own.order.vendor_order_id for own in ours if own.order.vendor_order_id}
        self._of_order: defaultdict[str, list[WalletTransaction]] = defaultdict(list)
        for wallet_transaction in self.wallet_transactions.values():
            if wallet_transaction.vendor_order_id is not None:
                self._of_order[wallet_transaction.vendor_order_id].append(wallet_transaction)
        self._under: defaultdict[str, list[ListedOrder]] = defaultdict(list)
        for each in self.listed.values():
            if each.client_reference is not None:
                self._under[each.client_reference].append(each)

    def age(self, order: Order) -> timedelta:
        """How long it had been in its state when the reading began."""
        return self._as_of - order.state_since

    def vendor_orders(self, order: Order) -> list[ListedOrder]:
        """What the vendor has under our reference; by its number where it lists no reference."""
        if under := self._under.get(order.client_reference):
            return under
        by_number = self.listed.get(order.vendor_order_id or "")
        return [by_number] if by_number and by_number.client_reference is None else []

    def predates_baseline(self, order: ListedOrder) -> bool:
        """True for an order from before the baseline; one that nobody dated is taken for new."""
        times = [order.at] if order.at else [m.at for m in self._of_order[order.vendor_order_id]]
        return bool(times) and min(times) < self.since

    def transactions_for(self, number: str, direction: Direction) -> list[WalletTransaction]:
        return [m for m in self._of_order.get(number, ()) if m.direction is direction]

    def total(self, number: str, direction: Direction) -> Money | None:
        """None when nothing moved, or in several currencies, which do not add up."""
        amounts = [m.amount for m in self.transactions_for(number, direction)]
        if not amounts or len({money.currency for money in amounts}) > 1:
            return None
        return Money(sum((money.amount for money in amounts), Decimal(0)), amounts[0].currency)

    def refunds_of(self, order: Order) -> list[BookedRefund]:
        return [
            BookedRefund(order.client_reference, vendor_orders.vendor_order_id, credit.amount)
            for vendor_orders in self.vendor_orders(order)
            for credit in self.transactions_for(vendor_orders.vendor_order_id, Direction.CREDIT)
        ]
