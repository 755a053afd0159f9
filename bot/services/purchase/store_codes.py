"""Seal the cards of an answer that are new here: aside, where they may lack their PINs."""

from dataclasses import dataclass

from bot.domain.lines import Deliverable
from bot.domain.orders import Order
from bot.domain.vendor_orders import VendorOrder
from store import Transaction


@dataclass(frozen=True, slots=True)
class StoredCodes:
    """How many cards that count are new; and whether the others were set aside for want of a PIN."""

    new: int
    pins_unknown: bool


def keep_codes(tx: Transaction, order: Order, vendor_order: VendorOrder) -> StoredCodes:
    """Inside a transaction of its own: whatever happens to the order, a paid code is on disk."""
    vouchers = (
        _not_here_whole(tx, order, vendor_order) if vendor_order.pins_left_out else vendor_order.deliverables
    )
    if vendor_order.pins_left_out and vouchers and _may_have_pins(tx, order):
        tx.codes.set_aside(order.id, vouchers)
        return StoredCodes(0, pins_unknown=True)
    kept = tx.codes.keep(order.id, vouchers, complete=not vendor_order.pins_left_out)
    return StoredCodes(kept.new, pins_unknown=False)


def _not_here_whole(tx: Transaction, order: Order, seen: VendorOrder) -> list[Deliverable]:
    """A card that is shown again without its PIN is no other card."""
    held, new = tx.codes.of_order(order.id), []
    for deliverable in seen.deliverables:
        known = next((each for each in held if deliverable.is_rest_of(each)), None)
        if known is None:
            new.append(deliverable)
        else:
            held.remove(known)
    return new


def _may_have_pins(tx: Transaction, order: Order) -> bool:
    """Unless many cards of other orders tell that the product has none; those of this one are too few."""
    if tx.codes.count(order.id) >= order.terms.line.units:
        return False  # they are here whole already
    terms = order.terms
    return not tx.codes.have_code_only(terms.vendor, terms.line.product_id, besides=order.id)
