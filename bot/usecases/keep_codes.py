"""Seal the cards of an answer that are new here: aside, where they may lack their PINs."""

from collections import Counter
from dataclasses import dataclass

from bot.domain.orders import Order
from bot.domain.vouchers import Voucher
from bot.providers.contract import Receipt
from bot.usecases.desk import Desk


@dataclass(frozen=True, slots=True)
class Kept:
    """How many cards that count are new; and whether the others were set aside for want of a PIN."""

    new: int
    pins_unknown: bool


def keep_codes(desk: Desk, order: Order, receipt: Receipt) -> Kept:
    """Inside a transaction of its own: whatever happens to the order, a paid code is on disk."""
    vouchers = _not_here_whole(desk, order, receipt) if receipt.pins_left_out else receipt.vouchers
    if receipt.pins_left_out and vouchers and _may_have_pins(desk, order):
        desk.store.codes.set_aside(order.id, vouchers)
        return Kept(0, pins_unknown=True)
    kept = desk.store.codes.keep(order.id, vouchers, whole=not receipt.pins_left_out)
    return Kept(kept.new, pins_unknown=False)


def _not_here_whole(desk: Desk, order: Order, receipt: Receipt) -> tuple[Voucher, ...]:
    """A card that is shown again without its PIN is no other card."""
    held = Counter(voucher.card_number for voucher in desk.store.codes.of_order(order.id))
    shown = Counter[str | None]()
    new = []
    for voucher in receipt.vouchers:
        shown[voucher.card_number] += 1
        if shown[voucher.card_number] > held[voucher.card_number]:
            new.append(voucher)
    return tuple(new)


def _may_have_pins(desk: Desk, order: Order) -> bool:
    """Unless many cards of other orders tell that the product has none; those of this one are too few."""
    if desk.store.codes.count(order.id) >= order.terms.quantity:
        return False  # they are here whole already
    terms = order.terms
    return not desk.store.codes.come_bare(terms.provider, terms.product_id, besides=order.id)
