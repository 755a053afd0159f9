"""Validates body fields; an invalid one is answered with "Invalid NAME: why"."""

import re
from decimal import Decimal
from typing import Any

from bot.sandbox.octopus.errors import invalid

LEAST, MOST = Decimal("0.01"), Decimal(1_000_000_000)
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
PRINTABLE = re.compile(r"[\x20-\x7e]+")


def positive_integer(body: dict[str, Any], name: str) -> int:
    value = _required(body, name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid(f"Invalid {name}: must be an integer")
    if value < 1:
        raise invalid(f"Invalid {name}: must be greater than 0")
    return min(value, 2**62)


def optional_positive_integer(body: dict[str, Any], name: str) -> int | None:
    return None if body.get(name) is None else positive_integer(body, name)


def amount(body: dict[str, Any], name: str) -> Decimal:
    """A face value between 0.01 and 1,000,000,000."""
    value = _required(body, name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise invalid(f"Invalid {name}: must be a number")
    if not LEAST <= value <= MOST:
        raise invalid(f"Invalid {name}: must be between {LEAST} and {MOST}")
    return Decimal(value)


def reference(body: dict[str, Any], name: str) -> str | None:
    """Printable ASCII, at most 255 characters."""
    value = _optional_text(body, name, 255)
    if value is not None and not PRINTABLE.fullmatch(value):
        raise invalid(f"Invalid {name}: must be printable ASCII")
    return value


def email(body: dict[str, Any], name: str) -> str | None:
    value = _optional_text(body, name, 254)
    if value is not None and not EMAIL.fullmatch(value):
        raise invalid(f"Invalid {name}: must be a valid email address")
    return value


def _required(body: dict[str, Any], name: str) -> Any:
    if body.get(name) is None:
        raise invalid(f"Invalid {name}: required")
    return body[name]


def _optional_text(body: dict[str, Any], name: str, most: int) -> str | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise invalid(f"Invalid {name}: must be a string")
    if len(value) > most:
        raise invalid(f"Invalid {name}: must be at most {most} characters")
    return value
