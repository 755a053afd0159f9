"""What the vendor says of an order, as the cause of what follows."""

from bot.domain.lifecycle import TRANSITIONS, Cause, OrderState
from bot.domain.vendor_orders import VendorOrder, VendorOrderStatus

_COMPLETE = frozenset({VendorOrderStatus.DELIVERED, VendorOrderStatus.PARTIALLY_DELIVERED})


def read_vendor_order(
    state: OrderState,
    seen: VendorOrder,
    *,
    units: int,
    held: int,
    new: int = 0,
    pins_unknown: bool = False,
    codes_were_readable: bool,
) -> Cause:
    """What the vendor's answer proves about an order of so many `units` that is in `state`.

    `held`: deliverables that are here in clear by now, of which `new` came with this answer.
    `codes_were_readable`: this answer was the place to show codes in clear, so that their absence means they
    are gone; otherwise the order is read once more.
    """
    cause = _proven(seen, units=units, held=held, pins_unknown=pins_unknown, readable=codes_were_readable)
    if (state, cause) in TRANSITIONS:
        return cause
    return Cause.NEW_DELIVERABLES if new else Cause.NOTHING_NEW


def must_be_read_again(seen: VendorOrder, *, codes_were_readable: bool) -> bool:
    """Whether its codes are in another answer than this one."""
    return seen.status in _COMPLETE and not codes_were_readable


def _proven(seen: VendorOrder, *, units: int, held: int, pins_unknown: bool, readable: bool) -> Cause:
    if pins_unknown:
        return Cause.PINS_UNKNOWN if len(seen.deliverables) >= units else Cause.PINS_UNKNOWN_INCOMPLETE
    if held >= units:
        return Cause.DELIVERED  # every one is here, whatever the vendor calls it
    match seen.status:
        case VendorOrderStatus.DELIVERED if 0 < len(seen.deliverables) < units:
            return Cause.PARTIALLY_DELIVERED  # it says so, and lists fewer than were ordered
        case VendorOrderStatus.DELIVERED:
            return Cause.CODES_UNAVAILABLE if readable else Cause.CODES_UNREAD
        case VendorOrderStatus.PARTIALLY_DELIVERED:
            return Cause.PARTIALLY_DELIVERED
        case VendorOrderStatus.FAILED:
            return Cause.FAILED
        case VendorOrderStatus.CANCELLED:
            return Cause.CANCELLED
        case _:
            return Cause.PURCHASED
