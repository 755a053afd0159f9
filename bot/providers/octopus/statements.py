"""A wallet's transactions as the vendor writes them. Only their remarks say which order they are for."""

import re
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field

from bot.domain.money import Money, rounded
from bot.domain.movements import Direction, Movement
from bot.providers.http.identifiers import Id
from bot.providers.http.shapes import Maybe, Number, Trimmed, mention
from bot.providers.octopus.shapes import Shape
from bot.providers.octopus.vendor import OCTOPUS

_ORDER_NUMBER = re.compile(r"\border\s*(?:no\.?|number)?\s*[#:]?\s*([0-9]{1,40})\b", re.IGNORECASE)
_DIRECTIONS = {"CREDIT": Direction.CREDIT, "DEBIT": Direction.DEBIT}
_STATUSES = {"PENDING", "COMPLETED", "FAILED"}


class TransactionShape(Shape):
    # Which of the two currencies is the wallet's differs from quotes, so nothing is made of them.
    unused: ClassVar[frozenset[str]] = frozenset(
        {"source_currency", "destination_currency", "conversion_charges"}
    )

    id: Id
    wallet_id: Id
    currency_id: Id
    amount: Annotated[Number, Field(ge=0)]
    transaction_type: Trimmed
    status: Maybe[Trimmed] = None
    forex_rate: Maybe[Number] = None
    remarks: Maybe[Trimmed] = None
    created_at: AwareDatetime

    def movement(self, provider: str, currency: str) -> Movement:
        direction = _DIRECTIONS.get(self.transaction_type, Direction.UNKNOWN)
        if direction is Direction.UNKNOWN:
            mention(OCTOPUS, "transaction_type", "TransactionShape", self.transaction_type[:64])
        if self.status is not None and self.status not in _STATUSES:
            mention(OCTOPUS, "status", "TransactionShape", self.status[:64])
        return Movement(
            provider=provider,
            movement_id=self.id,
            wallet_id=self.wallet_id,
            amount=Money(rounded(self.amount, currency), currency),
            direction=direction,
            counts=self.status != "FAILED",
            provider_order_id=order_number(self.remarks or ""),
            remarks=self.remarks or "",
            at=self.created_at,
            forex_rate=self.forex_rate,
        )


def order_number(remarks: str) -> str | None:
    """`12345` from `USD Wallet debited by amount 50.00 - Order #12345`; None unless exactly one is named."""
    named = set(_ORDER_NUMBER.findall(remarks))
    return named.pop() if len(named) == 1 else None
