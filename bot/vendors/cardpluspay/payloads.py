"""The base of CardPlusPay's payloads, and amounts, which may be text or numbers."""

import re
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from bot.vendors.cardpluspay.identity import CARDPLUSPAY
from bot.vendors.http import payloads
from bot.vendors.http.identity import VendorIdentity
from bot.vendors.http.payloads import Currency, Lenient, number_of

_AMOUNT = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,12})?")


class Payload(payloads.Payload):
    vendor: ClassVar[VendorIdentity] = CARDPLUSPAY


def amount(value: Any) -> Decimal:
    """From `"19.35"` or `19.35`, with all digits."""
    if isinstance(value, str) and _AMOUNT.fullmatch(value.strip()):
        value = Decimal(value.strip())
    return number_of(value)


Amount = Annotated[Decimal, BeforeValidator(amount)]


class BalancePayload(Payload):
    unused: ClassVar[frozenset[str]] = frozenset({"state"})

    balance: Amount
    currency: Currency


class StockPayload(Payload):
    unused: ClassVar[frozenset[str]] = frozenset({"state", "message", "requested"})

    status: bool = Field(strict=True)
    price: Lenient[Amount] = None  # of one card
