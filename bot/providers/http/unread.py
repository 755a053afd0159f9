"""What of an answer about an order is kept before anything else, because nobody can read it to its end."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from bot.domain.vouchers import Voucher
from bot.providers.contract import KeepUnread, OutcomeUnknown, ProviderError, Unread
from bot.providers.http import wire
from bot.providers.http.answers import Answer
from bot.providers.http.transport import Keep
from bot.providers.http.vendor import Vendor

_HOLDS_NO_CARD = b' \t\r\n{}[]",:'
_LOST = "\ufffd"  # stands for bytes that are no text


@dataclass(frozen=True, slots=True)
class Fragment:
    """As much of a body as is JSON. Of one that was cut off, the last thing in it may be half of itself."""

    value: Any
    is_whole: bool


def unread(
    vendor: Vendor,
    answer: Answer,
    *,
    is_read: Callable[[Answer], bool],
    cards_in: Callable[[Fragment], Iterable[Voucher]],
    client_reference: str | None = None,
    provider_order_id: str | None = None,
) -> Unread | None:
    """None when the answer is read to its end, or plainly says no.

    `is_read` says so, or raises as reading does. An answer of trouble is kept only if it shows cards.
    """
    if not answer.body.strip(_HOLDS_NO_CARD):
        return None
    try:
        if is_read(answer):
            return None
    except OutcomeUnknown:
        pass  # which is what makes it unread
    except ProviderError:
        return None
    vouchers = tuple(card for card in cards_in(fragment_of(answer.body)) if card.is_clear)
    if not answer.is_good and not vouchers:
        return None
    return Unread(vendor.name, answer.body, vouchers, answer.request_id, client_reference, provider_order_id)


def keeping(unread_in: Callable[[Answer], Unread | None], keep_unread: KeepUnread) -> Keep:
    """What is done with each answer about an order before it is believed."""

    async def keep(answer: Answer) -> None:
        if unread := unread_in(answer):
            await keep_unread(unread)

    return keep


def fragment_of(body: bytes) -> Fragment:
    """The JSON in a body. In one that was cut off, numbers may be float: no amount is taken from it."""
    with suppress(wire.NotJson):
        return Fragment(wire.decode(body), is_whole=True)
    with suppress(ValueError, RecursionError):
        return Fragment(from_json(body.decode(errors="replace"), allow_partial=True), is_whole=False)
    return Fragment(None, is_whole=False)


def finished(order: dict[str, Any], field: str, fragment: Fragment) -> list[Any]:
    """The elements of a list, but for the last where the answer may have been cut off within it."""
    elements = order.get(field)
    if not isinstance(elements, list):
        return []
    return elements if fragment.is_whole or next(reversed(order)) != field else elements[:-1]


def is_plain(value: Any) -> bool:
    """True for nothing, a whole number, and text in which no character is lost: it is read as it is."""
    if isinstance(value, str):
        return _LOST not in value
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def hides_nothing(beside: Iterable[Any], *, is_complete: bool, has_no_cards: bool) -> bool:
    """Whether a card may be in what an order has `beside` the fields we know.

    Vendors add fields when they like: beside all its cards, or in an order that has none yet, a word is
    nothing to keep.
    """
    filled = [value for value in beside if value not in (None, False, True, "", [], {})]
    if is_complete:
        return True
    return not any(isinstance(value, dict | list) for value in filled) if has_no_cards else not filled
