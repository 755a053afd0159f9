"""Validates the fields of a query or body; all invalid ones are reported together with 422."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.sandbox.cardpluspay.choices import Choices
from bot.sandbox.cardpluspay.errors import invalid

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
DIGITS = re.compile(r"-?\d{1,18}")


class Fields:
    """The choice `out_of_range` decides whether such a value is an error or is clamped."""

    def __init__(self, sent: Mapping[str, Any], choices: Choices) -> None:
        self._sent, self._choices = sent, choices
        self._errors: dict[str, list[str]] = {}
        self._clamps = choices.out_of_range == "clamp"
        self._are_text = not isinstance(sent, dict)  # a query

    def text(self, name: str, most: int | None = None) -> str | None:
        value = self._sent.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            self._complain(name, "must be a string")
            return None
        if most is not None and len(value) > most and not self._clamps:
            self._complain(name, f"may not be longer than {most} characters")
        return value[:most]

    def required(self, *names: str) -> str:
        """The value of the first of these names that was sent."""
        for name in names:
            if value := self.text(name):
                return value
        if not self._errors.keys() & set(names):
            self._complain(names[0], "is required")
        return ""

    def email(self, name: str) -> str | None:
        value = self.text(name)
        if value is not None and not EMAIL.fullmatch(value):
            self._complain(name, "must be a valid email address")
        return value

    def whole_number(self, name: str, usual: int, most: int | None = None) -> int:
        """A whole number of at least 1."""
        value = self._sent.get(name)
        if value is None:
            return usual
        if self._are_text and DIGITS.fullmatch(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self._complain(name, "must be an integer")
            return usual
        nearest = max(1, value if most is None else min(value, most))
        if nearest != value and not self._clamps:
            self._complain(name, "must be at least 1" if value < 1 else f"may not be greater than {most}")
        return nearest

    def amount(self, name: str) -> Decimal | None:
        """A number of at least 0, in a query."""
        text = self._sent.get(name)
        if text is None:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            self._complain(name, "must be a number")
            return None
        if value < 0 and not self._clamps:
            self._complain(name, "must be at least 0")
        return max(value, Decimal(0))

    def word(self, name: str, *known: str) -> str | None:
        value = self.text(name)
        if value is None or value in known:
            return value
        if not self._clamps:
            self._complain(name, f"must be one of {', '.join(known)}")
        return None

    def check(self) -> None:
        """Answers 422 when any field is invalid."""
        if self._errors:
            raise invalid(self._errors, self._choices)

    def _complain(self, name: str, why: str) -> None:
        self._errors.setdefault(name, []).append(f"The {name} field {why}.")
