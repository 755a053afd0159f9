"""Money: an amount, its ISO 4217 currency, and how people write it."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel.numbers import format_currency, get_currency_precision

_PLAIN_NUMBER = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?|\.\d+", re.ASCII)
_MOST_DIGITS = 12


class InvalidAmount(ValueError):
    """The text is not a positive amount of money."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency. Adding two currencies is an error, not a guess."""

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.amount * times, self.currency)

    def __str__(self) -> str:
        """`EUR 1,250.00`: the code, because `$` is five currencies in our catalogue."""
        return format_currency(
            self.amount, self.currency, "¤¤ #,##0.00;¤¤ -#,##0.00", locale="en", decimal_quantization=True
        ).replace("\xa0", " ")

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other.amount


@cache
def precision(currency: str) -> int:
    """Decimals of an ISO 4217 currency (2 for USD, 0 for JPY)."""
    return int(get_currency_precision(currency))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """`amount` at the currency's precision, halves away from zero."""
    return amount.quantize(Decimal(1).scaleb(-precision(currency)), ROUND_HALF_UP)


def parse_amount(text: str) -> Decimal:
    """A positive decimal as people type it: `20`, `20.50`, `1,250.00`.

    Raises NotAnAmount with a sentence for the person who typed it.
    """
    typed = text.strip()
    if not _PLAIN_NUMBER.fullmatch(typed) or len(typed) > _MOST_DIGITS:
        raise InvalidAmount(f"“{typed[:40]}” is not an amount. Write it like 20 or 20.50.")
    amount = Decimal(typed.replace(",", ""))
    if amount <= 0:
        raise InvalidAmount("The amount must be more than zero.")
    return amount


def plain(amount: Decimal) -> str:
    """`20` for 20.00 and `20.5` for 20.50: how amounts are typed and listed, without an exponent."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
