"""What can be read of a response that was cut off, and whether something in it was left out."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from bot.vendors.http import json_decimal

_LOST = "\ufffd"  # in place of bytes that are no text


@dataclass(frozen=True, slots=True)
class Fragment:
    """As much of a body as is JSON. Where it was cut off, the last value may be incomplete."""

    value: Any
    is_whole: bool


def fragment_of(body: bytes) -> Fragment:
    """The JSON in a body. In one that was cut off, numbers may be float: no amount is taken from it."""
    with suppress(json_decimal.NotJson):
        return Fragment(json_decimal.decode(body), is_whole=True)
    with suppress(ValueError, RecursionError):
        return Fragment(from_json(body.decode(errors="replace"), allow_partial=True), is_whole=False)
    return Fragment(None, is_whole=False)


def complete_elements(order: dict[str, Any], field: str, fragment: Fragment) -> list[Any]:
    """The elements of a list, without the last where the response may have been cut off within it."""
    elements = order.get(field)
    if not isinstance(elements, list):
        return []
    return elements if fragment.is_whole or next(reversed(order)) != field else elements[:-1]


def is_lossless(value: Any) -> bool:
    """True for values that parsing does not change: None, integers, and text without a lost character."""
    if isinstance(value, str):
        return _LOST not in value
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def has_no_unknown_data(unknown: Iterable[Any], *, is_complete: bool, has_no_cards: bool) -> bool:
    """False when a card may be in the fields of an order that we do not know.

    Vendors add fields when they like. In an order that has all its cards, or surely none yet, a new word or
    number is not one of them.
    """
    filled = [value for value in unknown if value not in (None, False, True, "", [], {})]
    if is_complete:
        return True
    return not any(isinstance(value, dict | list) for value in filled) if has_no_cards else not filled
