"""JSON whose numbers are Decimal in both directions and never float."""

import json
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

TOO_MUCH = Decimal(10) ** 15  # a sum of money like that is a mistake, or an attack on arithmetic
_LONGEST_NUMBER = 40  # characters; a double printed in full has 24

Fields = Mapping[str, str | int | Decimal]


class NotJson(ValueError):
    """The bytes are not JSON that can be read."""


def encode(fields: Fields) -> bytes:
    """A flat JSON object. A Decimal keeps the digits it has: 20.00 is sent as 20.00."""
    members = ", ".join(f"{json.dumps(name)}: {_literal(value)}" for name, value in fields.items())
    return f"{{{members}}}".encode()


def decode(body: bytes) -> Any:
    """The value, with int and Decimal for numbers. Raises NotJson.

    A number nobody can mean (NaN, a thousand digits) becomes null: one odd field must not cost
    the voucher codes next to it.
    """
    with suppress(ValueError, RecursionError):
        return json.loads(
            body.decode("utf-8-sig", errors="replace"),
            parse_float=_decimal,
            parse_int=_whole,
            parse_constant=lambda _: None,
        )
    # Out here, so that the original error, which holds the whole body, does not hang on it.
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
