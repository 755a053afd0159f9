"""Which responses about an order are fully parsed, and which cards can be read where one is not."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from bot.kinds.gift_card import Voucher
from bot.vendors.cardpluspay.identity import CARDPLUSPAY
from bot.vendors.cardpluspay.metadata import metadata_of
from bot.vendors.cardpluspay.orders import COMPLETED, CodePayload, OrderPayload
from bot.vendors.contract import SaveUnparsedResponse
from bot.vendors.http import order_reader
from bot.vendors.http.responses import Response
from bot.vendors.http.unparsed import Fragment, complete_elements, has_no_unknown_data, is_lossless

T = TypeVar("T")
_CARDS = "codes"
_ENVELOPE = {"success", "message", "data"}
_KNOWN = OrderPayload.model_fields.keys() | OrderPayload.unused
_KNOWN_OF_A_CARD = CodePayload.model_fields.keys() | CodePayload.unused
_AMOUNTS = {"denomination", "charged_amount"}


class OrderReader(order_reader.OrderReader[T]):
    vendor = CARDPLUSPAY

    def __init__(
        self,
        parse: Callable[[Response], T],
        save: SaveUnparsedResponse,
        *,
        quantity: int | None = None,
        client_reference: str | None = None,
        vendor_order_id: str | None = None,
    ) -> None:
        """`quantity` is how many cards were ordered, where the caller knows."""
        super().__init__(parse, save, client_reference=client_reference, vendor_order_id=vendor_order_id)
        self._quantity = quantity

    def is_fully_parsed(self, response: Response) -> bool:
        order = response.value
        cards = order.get(_CARDS) or []
        if not isinstance(cards, list):
            return False
        if not all(card is None or _is_fully_read(card, order) for card in cards):
            return False
        filled = len(OrderPayload.model_validate(order).filled)
        around = [value for name, value in response.envelope.items() if name not in _ENVELOPE]
        unknown = [value for name, value in order.items() if name != _CARDS and not _is_known(name, value)]
        is_completed = order.get("status") == COMPLETED
        return has_no_unknown_data(
            around + unknown,
            is_complete=filled >= self._quantity if self._quantity else is_completed and filled > 0,
            has_no_cards=not is_completed and not cards,
        )

    def cards_in(self, fragment: Fragment) -> Iterator[Voucher]:
        """Only cards that are shown in full: without its PIN a code may be worth nothing."""
        order = fragment.value.get("data") if isinstance(fragment.value, dict) else None
        if not isinstance(order, dict) or self.vendor_order_id not in (None, str(order.get("order_id"))):
            return
        for card in complete_elements(order, _CARDS, fragment):
            if _is_fully_read(card, order) and (payload := CodePayload.model_validate(card)).shows_more:
                yield payload.voucher()


def _is_known(name: str, value: Any) -> bool:
    return name in _KNOWN and not isinstance(value, dict | list)


def _is_fully_read(card: Any, order: dict[str, Any]) -> bool:
    """True when nothing of it is left out of the voucher made of it."""
    if not isinstance(card, dict):
        return False
    is_pending = order.get("status") != COMPLETED and card.get("status") not in (None, COMPLETED)
    if is_pending and card.get("code"):
        return False
    return metadata_of(card.get("metadata")).is_fully_read and all(
        name in _KNOWN_OF_A_CARD and (name == "metadata" or name in _AMOUNTS or is_lossless(value))
        for name, value in card.items()
        if value is not None
    )
