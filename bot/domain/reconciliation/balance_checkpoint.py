"""The balance against the orders, for a vendor without a statement: what moved that no order explains?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.domain.money import Money
from bot.domain.reconciliation.findings import Finding, FindingKind
from bot.domain.reconciliation.records import ListedOrder


@dataclass(frozen=True, slots=True)
class BalanceCheckpoint:
    """What an account held at a moment, and what all its listed orders had cost until then."""

    at: datetime
    balance: Money
    spent: Money

    @classmethod
    def of(cls, at: datetime, balance: Money, listed: Iterable[ListedOrder]) -> "BalanceCheckpoint | None":
        """None when an order does not say what it cost, or says it in another currency."""
        spent = Money(Decimal(0), balance.currency)
        for order in listed:
            if order.charge is None or order.charge.currency != balance.currency:
                return None
            spent += order.charge
        return cls(at, balance, spent)

    def since(self, earlier: "BalanceCheckpoint") -> Iterator[Finding]:
        """What came in or went out between the two, besides the orders."""
        gap = self.balance + self.spent - (earlier.balance + earlier.spent)
        when = f"since {earlier.at:%Y-%m-%d %H:%M} UTC"
        if gap.amount < 0:
            missing = Money(-gap.amount, gap.currency)
            yield Finding(
                FindingKind.UNKNOWN_DEBIT, f"{missing} left the account {when}, and no order says what for."
            )
        elif gap.amount > 0:
            yield Finding(
                FindingKind.BALANCE_ROSE,
                f"{gap} came into the account {when}: a top-up, or a refund to be booked.",
            )
