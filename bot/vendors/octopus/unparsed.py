"""Which orders are read to their end, and which cards can be made out beyond doubt where one is not."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from bot.domain.vouchers import Voucher
from bot.vendors.contract import UnparsedResponse
from bot.vendors.http.responses import RawResponse, Response
from bot.vendors.http.unparsed import (
    Fragment,
    complete_elements,
    has_no_unknown_data,
    is_lossless,
    unparsed_response,
)
from bot.vendors.octopus.errors import opened, parse_response
from bot.vendors.octopus.identity import OCTOPUS
from bot.vendors.octopus.orders import OrderPayload, VoucherPayload

_CARDS = "vouchers"
_WITHOUT_CARDS = ("PENDING", "FAILED", "CANCELLED")
_KNOWN = OrderPayload.model_fields.keys() | OrderPayload.unused


def unparsed_order_response(
    raw_response: RawResponse,
    read: Callable[[Response], object],
    *,
    client_reference: str | None = None,
    vendor_order_id: str | None = None,
) -> UnparsedResponse | None:
    """What must be kept of an answer about an order before it is used; None when `read` gets all of it."""

    def is_read(raw_response: RawResponse) -> bool:
        response = parse_response(raw_response)
        read(response)
        orders = response.value if isinstance(response.value, list) else [response.value]
        return all(map(_is_explained, orders))

    return unparsed_response(
        OCTOPUS,
        raw_response,
        is_read=is_read,
        cards_in=partial(_cards, client_reference=client_reference, vendor_order_id=vendor_order_id),
        client_reference=client_reference,
        vendor_order_id=vendor_order_id,
    )


def _is_explained(order: dict[str, Any]) -> bool:
    cards = order.get(_CARDS) or []
    if not isinstance(cards, list) or not all(card is None or _is_card(card) for card in cards):
        return False
    readable = [card for card in cards if card and VoucherPayload.model_validate(card).voucher().secrets]
    quantity = order.get("quantity")
    return has_no_unknown_data(
        (value for name, value in order.items() if name != _CARDS and not _is_known(name, value)),
        is_complete=isinstance(quantity, int) and 0 < quantity <= len(readable),
        has_no_cards=not readable and order.get("status") in _WITHOUT_CARDS,
    )


def _is_known(name: str, value: Any) -> bool:
    return name in _KNOWN and not isinstance(value, dict | list)


def _is_card(card: Any) -> bool:
    """True when nothing of it is left out of the voucher we make of it."""
    return isinstance(card, dict) and all(
        value is None or (name in VoucherPayload.model_fields and is_lossless(value))
        for name, value in card.items()
    )


def _cards(
    fragment: Fragment, *, client_reference: str | None, vendor_order_id: str | None
) -> Iterator[Voucher]:
    value = opened(fragment.value)
    for order in value if isinstance(value, list) else [value]:
        # The answer to a purchase need not repeat its reference; in a list nothing else tells which is ours.
        echo_left_out = client_reference if order is value else None
        if isinstance(order, dict) and (
            str(order.get("id")) == vendor_order_id
            if vendor_order_id is not None
            else (order.get("client_reference") or echo_left_out) == client_reference
        ):
            for card in filter(_is_card, complete_elements(order, _CARDS, fragment)):
                yield VoucherPayload.model_validate(card).voucher()
