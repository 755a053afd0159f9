"""What happened to the money in a wallet, as its vendor lists it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from bot.domain.money import Money


class Direction(StrEnum):
    CREDIT = "credit"  # a top-up or a refund
    DEBIT = "debit"  # an order or an adjustment
    UNKNOWN = "unknown"  # a kind this version has never heard of


@dataclass(frozen=True, slots=True)
class WalletTransaction:
    """One line of a wallet's statement. `amount` is positive: the direction tells which way it went."""

    vendor: str
    transaction_id: str
    wallet_id: str
    amount: Money
    direction: Direction
    affects_balance: bool  # False: the vendor says it failed, so the balance did not change
    vendor_order_id: str | None  # the order it is for, where the remarks name one
    remarks: str
    at: datetime
    forex_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that came back for an order."""

    transaction_id: str
    amount: Money
    at: datetime
