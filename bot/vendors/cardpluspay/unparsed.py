"""Which orders are read to their end, and which cards can be made out beyond doubt where one is not."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from bot.domain.vouchers import Voucher
from bot.vendors.cardpluspay.errors import parse_response
from bot.vendors.cardpluspay.identity import CARDPLUSPAY
from bot.vendors.cardpluspay.metadata import metadata_of
from bot.vendors.cardpluspay.orders import COMPLETED, CodePayload, OrderPayload
from bot.vendors.contract import UnparsedResponse
from bot.vendors.http import json_decimal
from bot.vendors.http.responses import RawResponse, Response
from bot.vendors.http.unparsed import (
    Fragment,
    complete_elements,
    has_no_unknown_data,
    is_lossless,
    unparsed_response,
)

_CARDS = "codes"
_ENVELOPE = {"success", "message", "data"}
_KNOWN = OrderPayload.model_fields.keys() | OrderPayload.unused
_OF_A_CARD = CodePayload.model_fields.keys() | CodePayload.unused
_AMOUNTS = {"denomination", "charged_amount"}


def unparsed_order_response(
    raw_response: RawResponse,
    read: Callable[[Response], object],
    *,
    quantity: int | None = None,
    client_reference: str | None = None,
    vendor_order_id: str | None = None,
) -> UnparsedResponse | None:
    """What must be kept of an answer about an order before it is used; None when `read` gets all of it.

    `quantity` is how many cards were ordered, where the caller knows.
    """

    def is_read(raw_response: RawResponse) -> bool:
        read(parse_response(raw_response))
        return _is_explained(json_decimal.decode(raw_response.body), quantity)

    return unparsed_response(
        CARDPLUSPAY,
        raw_response,
        is_read=is_read,
        cards_in=partial(_cards, vendor_order_id=vendor_order_id),
        client_reference=client_reference,
        vendor_order_id=vendor_order_id,
    )


def _is_explained(envelope: dict[str, Any], quantity: int | None) -> bool:
    order = envelope["data"]
    cards = order.get(_CARDS) or []
    if not isinstance(cards, list) or not all(card is None or _is_card(card, order) for card in cards):
        return False
    filled = OrderPayload.model_validate(order).filled
    around = [value for name, value in envelope.items() if name not in _ENVELOPE]
    beside = [value for name, value in order.items() if name != _CARDS and not _is_known(name, value)]
    is_completed = order.get("status") == COMPLETED
    return has_no_unknown_data(
        around + beside,
        is_complete=len(filled) >= quantity if quantity else is_completed and bool(filled),
        has_no_cards=not is_completed and not cards,
    )


def _is_known(name: str, value: Any) -> bool:
    return name in _KNOWN and not isinstance(value, dict | list)


def _is_card(card: Any, order: dict[str, Any]) -> bool:
    """True when nothing of it is left out of the voucher we make of it."""
    if not isinstance(card, dict):
        return False
    waits = order.get("status") != COMPLETED and card.get("status") not in (None, COMPLETED)
    if waits and card.get("code"):
        return False
    return metadata_of(card.get("metadata")).is_understood and all(
        name in _OF_A_CARD and (name == "metadata" or name in _AMOUNTS or is_lossless(value))
        for name, value in card.items()
        if value is not None
    )


def _cards(fragment: Fragment, *, vendor_order_id: str | None) -> Iterator[Voucher]:
    """Only of cards that are shown in full: without its PIN a code may be worth nothing."""
    order = fragment.value.get("data") if isinstance(fragment.value, dict) else None
    if not isinstance(order, dict) or str(order.get("order_id")) != (
        vendor_order_id or str(order.get("order_id"))
    ):
        return
    for card in complete_elements(order, _CARDS, fragment):
        if _is_card(card, order) and (payload := CodePayload.model_validate(card)).shows_more:
            yield payload.voucher()
