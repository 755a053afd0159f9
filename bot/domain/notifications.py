"""What people are told of an order."""

from enum import StrEnum


class NotificationEvent(StrEnum):
    """What happened to an order, as its requester or the approvals channel is told."""

    REQUESTED = "requested"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    PRICE_MOVED = "price_moved"
    PURCHASED = "purchased"
    PARTIALLY_DELIVERED = "partially_delivered"
    DELIVERED = "delivered"
    REFUSED = "refused"
    OUTCOME_UNKNOWN = "outcome_unknown"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CODES_UNAVAILABLE = "codes_unavailable"
    CODES_NOT_SHOWN = "codes_not_shown"  # though they were asked for
    FOLLOWED_UP = "followed_up"  # something became of what was delivered
    REFUNDED = "refunded"
    REFUND_MISSING = "refund_missing"  # a day after the order ended; only the channel is told
    NOT_BOUGHT = "not_bought"  # closed by two approvers
    RESOLVED = "resolved"  # closed by two approvers
    PARTIALLY_FULFILLED = "partially_fulfilled"  # split, and some children ended without all of their cards
    CHARGE_MISMATCH = "charge_mismatch"  # than quoted right before; only the channel is told
    FOUND_AFTER_CLOSING = "found_after_closing"  # though closed as not bought; only the channel is told
    OVERDUE = "overdue"  # it is where it is for too long; only the channel is told
    ACCESS_DENIED = "access_denied"  # the vendor does not accept our login; only the channel is told
