"""What of an answer about an order is kept before anything else, because nobody can read it to its end."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from bot.domain.vouchers import Voucher
from bot.vendors.contract import OutcomeUnknown, SaveUnparsedResponse, UnparsedResponse, VendorError
from bot.vendors.http import json_decimal
from bot.vendors.http.identity import VendorIdentity
from bot.vendors.http.responses import RawResponse
from bot.vendors.http.transport import ResponseHook

_HOLDS_NO_CARD = b' \t\r\n{}[]",:'
_LOST = "\ufffd"  # stands for bytes that are no text


@dataclass(frozen=True, slots=True)
class Fragment:
    """As much of a body as is JSON. Of one that was cut off, the last thing in it may be half of itself."""

    value: Any
    is_whole: bool


def unparsed_response(
    vendor: VendorIdentity,
    raw_response: RawResponse,
    *,
    is_read: Callable[[RawResponse], bool],
    cards_in: Callable[[Fragment], Iterable[Voucher]],
    client_reference: str | None = None,
    vendor_order_id: str | None = None,
) -> UnparsedResponse | None:
    """None when the answer is read to its end, or plainly says no.

    `is_read` says so, or raises as reading does. An answer of trouble is kept only if it shows cards.
    """
    if not raw_response.body.strip(_HOLDS_NO_CARD):
        return None
    try:
        if is_read(raw_response):
            return None
    except OutcomeUnknown:
        pass  # which is what makes it unread
    except VendorError:
        return None
    vouchers = tuple(card for card in cards_in(fragment_of(raw_response.body)) if card.is_clear)
    if not raw_response.is_success and not vouchers:
        return None
    return UnparsedResponse(
        vendor.name, raw_response.body, vouchers, raw_response.request_id, client_reference, vendor_order_id
    )


def save_unparsed_hook(
    unread_in: Callable[[RawResponse], UnparsedResponse | None], save_unparsed_response: SaveUnparsedResponse
) -> ResponseHook:
    """What is done with each answer about an order before it is believed."""

    async def on_response(raw_response: RawResponse) -> None:
        if unparsed_response := unread_in(raw_response):
            await save_unparsed_response(unparsed_response)

    return on_response


def fragment_of(body: bytes) -> Fragment:
    """The JSON in a body. In one that was cut off, numbers may be float: no amount is taken from it."""
    with suppress(json_decimal.NotJson):
        return Fragment(json_decimal.decode(body), is_whole=True)
    with suppress(ValueError, RecursionError):
        return Fragment(from_json(body.decode(errors="replace"), allow_partial=True), is_whole=False)
    return Fragment(None, is_whole=False)


def complete_elements(order: dict[str, Any], field: str, fragment: Fragment) -> list[Any]:
    """The elements of a list, but for the last where the answer may have been cut off within it."""
    elements = order.get(field)
    if not isinstance(elements, list):
        return []
    return elements if fragment.is_whole or next(reversed(order)) != field else elements[:-1]


def is_lossless(value: Any) -> bool:
    """True for nothing, a whole number, and text in which no character is lost: it is read as it is."""
    if isinstance(value, str):
        return _LOST not in value
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def has_no_unknown_data(beside: Iterable[Any], *, is_complete: bool, has_no_cards: bool) -> bool:
    """Whether a card may be in what an order has `beside` the fields we know.

    Vendors add fields when they like: beside all its cards, or in an order that has none yet, a word is
    nothing to keep.
    """
    filled = [value for value in beside if value not in (None, False, True, "", [], {})]
    if is_complete:
        return True
    return not any(isinstance(value, dict | list) for value in filled) if has_no_cards else not filled
