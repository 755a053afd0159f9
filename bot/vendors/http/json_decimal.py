"""JSON with Decimal numbers in both directions, never float."""

import json
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

AMOUNT_LIMIT = Decimal(10) ** 15  # a larger amount of money is a mistake, or an attack on arithmetic
_LONGEST_NUMBER = 40  # characters; a double printed in full has 24

Fields = Mapping[str, str | int | Decimal]


class NotJson(ValueError):
    """The bytes are not valid JSON."""


def encode(fields: Fields) -> bytes:
    """A flat JSON object. A Decimal keeps its digits: 20.00 is sent as 20.00."""
    members = ", ".join(f"{json.dumps(name)}: {_literal(value)}" for name, value in fields.items())
    return f"{{{members}}}".encode()


def decode(body: bytes) -> Any:
    """The value, with int and Decimal for numbers. Raises NotJson.

    An impossible number (NaN, a thousand digits) becomes None: one odd field must not cost the voucher codes
    beside it.
    """
    with suppress(ValueError, RecursionError):
        return json.loads(
            body.decode("utf-8-sig", errors="replace"),
            parse_float=_decimal,
            parse_int=_whole,
            parse_constant=lambda _: None,
        )
    # Raised out here, so that it does not carry the original error, which holds the whole body.
    raise NotJson("not JSON")


def _literal(value: str | int | Decimal) -> str:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} is not an amount")
        return f"{value:f}"
    return json.dumps(value)


def _decimal(text: str) -> Decimal | None:
    if len(text) > _LONGEST_NUMBER:
        return None
    exponent = text.lower().partition("e")[2]
    if exponent and abs(int(exponent)) > _LONGEST_NUMBER:
        return None
    return Decimal(text)


def _whole(text: str) -> int | None:
    return int(text) if len(text) <= _LONGEST_NUMBER else None
