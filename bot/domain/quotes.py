"""A quote: what the vendor says an order would cost, before anybody asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Generic, TypeVar

from bot.domain.lines import Line
from bot.domain.money import Money

LineT = TypeVar("LineT", bound=Line, covariant=True)
QUOTE_LIFE = timedelta(minutes=5)  # the longest any vendor keeps to its charges


@dataclass(frozen=True, slots=True)
class OrderTerms(Generic[LineT]):
    """What is being bought, where, and from which wallet: everything a charge depends on."""

    vendor: str
    wallet_id: str
    line: LineT

    @property
    def face_value(self) -> Money:
        return self.line.face_value


@dataclass(frozen=True, slots=True)
class Quote:
    """The vendor's answer for some terms. `charge` is what leaves the wallet, in the wallet's currency."""

    terms: OrderTerms[Line]
    discount: Money  # in the product's currency
    discount_percent: Decimal
    charge: Money
    forex_rate: Decimal | None  # product -> wallet currency; None without FX
    fee: Money | None  # in the wallet's currency; None when there is none
    tax: Money | None  # currency not documented by the vendor; None when zero
    max_quantity: int | None
    wallet_balance: Money
    quoted_at: datetime
    charge_details: Mapping[str, str] = field(default_factory=dict)  # what else the charge is made of
    life: timedelta = QUOTE_LIFE  # how long the vendor keeps to it; zero: not at all

    @property
    def face_value(self) -> Money:
        return self.terms.face_value

    @property
    def balance_after(self) -> Money:
        return self.wallet_balance - self.charge

    @property
    def affordable(self) -> bool:
        return self.balance_after.amount >= 0

    @property
    def expires_at(self) -> datetime:
        return self.quoted_at + self.life


def charge_moved(approved: Money, now: Money, tolerance_percent: Decimal) -> bool:
    """True when buying now costs more, or is charged in another currency, than what was approved.

    Cheaper is never a reason to ask again.
    """
    if now.currency != approved.currency:
        return True
    return now.amount > approved.amount * (1 + tolerance_percent / 100)
