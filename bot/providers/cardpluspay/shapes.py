"""What is the same in all payloads of CardPlusPay: its name, and money as text or as a number."""

import re
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from bot.providers.cardpluspay.vendor import CARDPLUSPAY
from bot.providers.http import shapes
from bot.providers.http.shapes import Currency, Maybe, number_of
from bot.providers.http.vendor import Vendor

_AMOUNT = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,12})?")


class Shape(shapes.Shape):
    vendor: ClassVar[Vendor] = CARDPLUSPAY


def amount(value: Any) -> Decimal:
    """`"19.35"` and `19.35` alike, with the digits they have."""
    if isinstance(value, str) and _AMOUNT.fullmatch(value.strip()):
        value = Decimal(value.strip())
    return number_of(value)


Amount = Annotated[Decimal, BeforeValidator(amount)]


class BalanceShape(Shape):
    unused: ClassVar[frozenset[str]] = frozenset({"state"})

    balance: Amount
    currency: Currency


class StockShape(Shape):
    unused: ClassVar[frozenset[str]] = frozenset({"state", "message", "requested"})

    status: bool = Field(strict=True)
    price: Maybe[Amount] = None  # of one card
