"""Octopus Cards' wallet transactions. Only the remarks say which order one belongs to."""

import re
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field

from bot.domain.money import Money, rounded
from bot.domain.wallet_transactions import Direction, WalletTransaction
from bot.vendors.http.identifiers import Id
from bot.vendors.http.payloads import Lenient, Number, Trimmed, log_unknown_once
from bot.vendors.octopus.identity import OCTOPUS
from bot.vendors.octopus.payloads import Payload

_ORDER_NUMBER = re.compile(r"\border\s*(?:no\.?|number)?\s*[#:]?\s*([0-9]{1,40})\b", re.IGNORECASE)
_DIRECTIONS = {"CREDIT": Direction.CREDIT, "DEBIT": Direction.DEBIT}
_STATUSES = {"PENDING", "COMPLETED", "FAILED"}


class TransactionPayload(Payload):
    # Not used, because they mean the opposite of those in quotes.
    unused: ClassVar[frozenset[str]] = frozenset(
        {"source_currency", "destination_currency", "conversion_charges"}
    )

    id: Id
    wallet_id: Id
    currency_id: Id
    amount: Annotated[Number, Field(ge=0)]
    transaction_type: Trimmed
    status: Lenient[Trimmed] = None
    forex_rate: Lenient[Number] = None
    remarks: Lenient[Trimmed] = None
    created_at: AwareDatetime

    def wallet_transaction(self, vendor: str, currency: str) -> WalletTransaction:
        direction = _DIRECTIONS.get(self.transaction_type, Direction.UNKNOWN)
        if direction is Direction.UNKNOWN:
            log_unknown_once(OCTOPUS, "transaction_type", "TransactionPayload", self.transaction_type[:64])
        if self.status is not None and self.status not in _STATUSES:
            log_unknown_once(OCTOPUS, "status", "TransactionPayload", self.status[:64])
        return WalletTransaction(
            vendor=vendor,
            transaction_id=self.id,
            wallet_id=self.wallet_id,
            amount=Money(rounded(self.amount, currency), currency),
            direction=direction,
            affects_balance=self.status != "FAILED",
            vendor_order_id=order_number(self.remarks or ""),
            remarks=self.remarks or "",
            at=self.created_at,
            forex_rate=self.forex_rate,
        )


def order_number(remarks: str) -> str | None:
    """`12345` from `USD Wallet debited by amount 50.00 - Order #12345`. None unless there is exactly one."""
    named = set(_ORDER_NUMBER.findall(remarks))
    return named.pop() if len(named) == 1 else None
