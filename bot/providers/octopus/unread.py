"""Which orders are read to their end, and which cards can be made out beyond doubt where one is not."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from bot.domain.vouchers import Voucher
from bot.providers.contract import Unread
from bot.providers.http.answers import Answer, Reply
from bot.providers.http.unread import Fragment, finished, hides_nothing, is_plain, unread
from bot.providers.octopus.failures import opened, reply_to
from bot.providers.octopus.orders import OrderShape, VoucherShape
from bot.providers.octopus.vendor import OCTOPUS

_CARDS = "vouchers"
_WITHOUT_CARDS = ("PENDING", "FAILED", "CANCELLED")
_KNOWN = OrderShape.model_fields.keys() | OrderShape.unused


def unread_of_order(
    answer: Answer,
    read: Callable[[Reply], object],
    *,
    client_reference: str | None = None,
    provider_order_id: str | None = None,
) -> Unread | None:
    """What must be kept of an answer about an order before it is used; None when `read` gets all of it."""

    def is_read(answer: Answer) -> bool:
        reply = reply_to(answer)
        read(reply)
        orders = reply.value if isinstance(reply.value, list) else [reply.value]
        return all(map(_is_explained, orders))

    return unread(
        OCTOPUS,
        answer,
        is_read=is_read,
        cards_in=partial(_cards, client_reference=client_reference, provider_order_id=provider_order_id),
        client_reference=client_reference,
        provider_order_id=provider_order_id,
    )


def _is_explained(order: dict[str, Any]) -> bool:
    cards = order.get(_CARDS) or []
    if not isinstance(cards, list) or not all(card is None or _is_card(card) for card in cards):
        return False
    readable = [card for card in cards if card and VoucherShape.model_validate(card).voucher().secrets]
    quantity = order.get("quantity")
    return hides_nothing(
        (value for name, value in order.items() if name != _CARDS and not _is_known(name, value)),
        is_complete=isinstance(quantity, int) and 0 < quantity <= len(readable),
        has_no_cards=not readable and order.get("status") in _WITHOUT_CARDS,
    )


def _is_known(name: str, value: Any) -> bool:
    return name in _KNOWN and not isinstance(value, dict | list)


def _is_card(card: Any) -> bool:
    """True when nothing of it is left out of the voucher we make of it."""
    return isinstance(card, dict) and all(
        value is None or (name in VoucherShape.model_fields and is_plain(value))
        for name, value in card.items()
    )


def _cards(
    fragment: Fragment, *, client_reference: str | None, provider_order_id: str | None
) -> Iterator[Voucher]:
    value = opened(fragment.value)
    for order in value if isinstance(value, list) else [value]:
        # The answer to a purchase need not repeat its reference; in a list nothing else tells which is ours.
        echo_left_out = client_reference if order is value else None
        if isinstance(order, dict) and (
            str(order.get("id")) == provider_order_id
            if provider_order_id is not None
            else (order.get("client_reference") or echo_left_out) == client_reference
        ):
            for card in filter(_is_card, finished(order, _CARDS, fragment)):
                yield VoucherShape.model_validate(card).voucher()
