"""What the audit log says was done. The words are hashed into its chain: they never change."""

from enum import StrEnum


class AuditAction(StrEnum):
    # An order's life, by people
    REQUESTED = "requested"
    APPROVAL_GIVEN = "approval_given"  # one of several
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    RESOLUTION_PROPOSED = "resolution_proposed"
    RESOLVED = "resolved"
    # … by the clock, the policy and the price
    EXPIRED = "expired"
    ESCALATED = "escalated"
    APPROVAL_INSUFFICIENT = "approval_insufficient"
    PRICE_MOVED = "price_moved"
    OVER_LIMIT = "over_limit"
    VENDOR_FORBIDDEN = "vendor_forbidden"
    # … by the purchase
    SPLIT = "split"
    CHILD_CREATED = "child_created"
    PURCHASE_INTENDED = "purchase_intended"
    NOT_SENT = "not_sent"
    REFUSED_BY_VENDOR = "refused_by_vendor"
    REFUSED = "refused"  # an order whose children were all refused; and what a person may not do
    OUTCOME_UNKNOWN = "outcome_unknown"
    REFUSAL_DOUBTED = "refusal_doubted"
    NOT_ASKED_AGAIN = "not_asked_again"
    ACCOUNT_UNCLEAR = "account_unclear"
    PROVEN_NOT_SENT = "proven_not_sent"
    PROVEN_NOT_CREATED = "proven_not_created"
    # … by what the vendor says
    PURCHASED = "purchased"
    PARTIALLY_DELIVERED = "partially_delivered"
    DELIVERED = "delivered"
    CODES_UNAVAILABLE = "codes_unavailable"
    PARTIALLY_FULFILLED = "partially_fulfilled"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PURCHASE_MISMATCH = "purchase_mismatch"
    FOREIGN_ORDER_FOUND = "foreign_order_found"
    CHARGE_MISMATCH = "charge_mismatch"
    FOUND_AFTER_CLOSING = "found_after_closing"
    REFUNDED = "refunded"
    REFUND_MISSING = "refund_missing"
    UNPARSED_RESPONSE_KEPT = "unparsed_response_kept"
    RECONCILED = "reconciled"
    # Who looked
    LOOKED_AT = "looked_at"
    CODES_REQUESTED = "codes_requested"
    CODES_SHOWN = "codes_shown"
    CODES_NOT_SHOWN = "codes_not_shown"
    CODES_PERHAPS_SHOWN = "codes_perhaps_shown"
    # Operation
    STARTED = "started"
    KEYS_ROTATED = "keys_rotated"
    KEY_CHANGED = "key_changed"
    ACCOUNT_CHANGED = "account_changed"
