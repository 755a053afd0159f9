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
    APPROVAL_NO_LONGER_VALID = "approval_no_longer_valid"
    PRICE_MOVED = "price_moved"
    OVER_LIMIT = "over_limit"
    VENDOR_FORBIDDEN = "vendor_forbidden"
    DENIED_BY_POLICY = "denied_by_policy"
    # … by the purchase
    SPLIT = "split_into_children"
    CHILD_CREATED = "child_created"
    PURCHASE_INTENDED = "purchase_intended"
    NOT_SENT = "not_sent"
    REFUSED_BY_VENDOR = "refused_by_vendor"
    REFUSED = "refused"  # an order whose children were all refused; and what a person may not do
    OUTCOME_UNKNOWN = "outcome_unknown"
    REFUSAL_NOT_TRUSTED_YET = "refusal_not_trusted_yet"
    RESUBMISSION_BLOCKED = "resubmission_blocked"
    ATTRIBUTION_INCONCLUSIVE = "attribution_inconclusive"
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
    FOLLOWED_UP = "followed_up"
    UNPARSED_RESPONSE_STORED = "unparsed_response_stored"
    RECONCILED = "reconciled"
    # Who looked
    VIEWED = "viewed"
    CODES_REQUESTED = "codes_requested"
    CODES_SHOWN = "codes_shown"
    CODES_NOT_SHOWN = "codes_not_shown"
    CODES_MAYBE_SHOWN = "codes_maybe_shown"
    # Operation
    STARTED = "started"
    KEYS_ROTATED = "keys_rotated"
    KEY_CHANGED = "key_changed"
    ACCOUNT_CHANGED = "account_changed"
