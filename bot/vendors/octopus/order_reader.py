"""Which responses about an order are fully parsed, and which cards can be read where one is not."""

from collections.abc import Iterator
from typing import Any, TypeVar

from bot.kinds.gift_card import Voucher
from bot.vendors.http import order_reader
from bot.vendors.http.responses import Response
from bot.vendors.http.unparsed import Fragment, complete_elements, has_no_unknown_data, is_lossless
from bot.vendors.octopus.errors import unwrapped
from bot.vendors.octopus.identity import OCTOPUS
from bot.vendors.octopus.orders import OrderPayload, VoucherPayload

T = TypeVar("T")
_CARDS = "vouchers"
_WITHOUT_CARDS = ("PENDING", "FAILED", "CANCELLED")
_KNOWN = OrderPayload.model_fields.keys() | OrderPayload.unused


class OrderReader(order_reader.OrderReader[T]):
    vendor = OCTOPUS

    def is_fully_parsed(self, response: Response) -> bool:
        orders = response.value if isinstance(response.value, list) else [response.value]
        return all(map(_is_fully_parsed, orders))

    def cards_in(self, fragment: Fragment) -> Iterator[Voucher]:
        value = unwrapped(fragment.value)
        for order in value if isinstance(value, list) else [value]:
            # The response to a purchase may leave the reference out; in a list, nothing else tells ours.
            if isinstance(order, dict) and self._is_ours(order, is_listed=order is not value):
                for card in filter(_is_fully_read, complete_elements(order, _CARDS, fragment)):
                    yield VoucherPayload.model_validate(card).voucher()

    def _is_ours(self, order: dict[str, Any], *, is_listed: bool) -> bool:
        if self.vendor_order_id is not None:
            return str(order.get("id")) == self.vendor_order_id
        unnamed = None if is_listed else self.client_reference
        return (order.get("client_reference") or unnamed) == self.client_reference


def _is_fully_parsed(order: dict[str, Any]) -> bool:
    cards = order.get(_CARDS) or []
    if not isinstance(cards, list) or not all(card is None or _is_fully_read(card) for card in cards):
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


def _is_fully_read(card: Any) -> bool:
    """True when nothing of it is left out of the voucher made of it."""
    return isinstance(card, dict) and all(
        value is None or (name in VoucherPayload.model_fields and is_lossless(value))
        for name, value in card.items()
    )
