"""A quote: what the vendor says an order would cost, before anybody asks for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.money import Money

QUOTE_LIFE = timedelta(minutes=5)  # the longest any vendor keeps to its charges


@dataclass(frozen=True, slots=True)
class Terms:
    """What is being bought, and from which wallet: everything a charge depends on."""

    vendor: str
    product_id: str
    denomination: Money
    quantity: int
    wallet_id: str

    @property
    def face_value(self) -> Money:
        return self.denomination * self.quantity


@dataclass(frozen=True, slots=True)
class Quote:
    """The vendor's answer for some terms. `charge` is what leaves the wallet, in the wallet's currency."""

    terms: Terms
    discount: Money  # in the product's currency
    discount_percent: Decimal
    charge: Money
    forex_rate: Decimal | None  # product -> wallet currency; None without FX
    fee: Money | None  # in the wallet's currency; None when there is none
    tax: Money | None  # currency not documented by the vendor; None when zero
    max_quantity: int | None
    wallet_balance: Money
    quoted_at: datetime
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
