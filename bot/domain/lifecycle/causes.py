"""What can happen to an order."""

from enum import StrEnum


class Cause(StrEnum):
    """What happened to an order."""

    REQUESTED = "requested"
    CHILD_CREATED = "child_created"
    # People
    APPROVAL_GIVEN = "approval_given"  # one of several
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    RESOLUTION_PROPOSED = "resolution_proposed"
    RESOLVED_NOT_BOUGHT = "resolved_not_bought"
    RESOLVED_PAID = "resolved_paid"
    # Checks before money moves
    APPROVAL_NO_LONGER_VALID = "approval_no_longer_valid"  # too few approvals cover it now
    VENDOR_FORBIDDEN = "vendor_forbidden"  # by the policy, since it was approved
    OVER_LIMIT = "over_limit"
    PRICE_MOVED = "price_moved"
    DENIED_BY_POLICY = "denied_by_policy"  # by any other rule
    QUOTE_REFUSED = "quote_refused"
    QUOTE_UNAVAILABLE = "quote_unavailable"
    QUOTE_ACCESS_DENIED = "quote_access_denied"
    AWAITING_TURN = "awaiting_turn"  # another purchase with this account has to be over first
    # The purchase
    SPLIT = "split"
    SUBMITTED = "submitted"  # the intent is on disk from here on
    NOT_SENT = "not_sent"  # surely never acted on
    ACCESS_DENIED = "access_denied"
    REFUSED = "refused"
    OUTCOME_UNKNOWN = "outcome_unknown"
    OUTCOME_STILL_UNKNOWN = "outcome_still_unknown"  # told before
    REFUSAL_NOT_TRUSTED_YET = (
        "refusal_not_trusted_yet"  # after a lost answer a no is believed only after a while
    )
    LEASE_EXPIRED = "lease_expired"  # whoever was buying it is gone
    # Recovery
    NOT_FOUND_YET = "not_found_yet"  # or nobody could look
    NOT_FOUND_LEFT_TO_PEOPLE = "not_found_left_to_people"
    ATTRIBUTION_INCONCLUSIVE = "attribution_inconclusive"  # from what the account shows nobody can tell
    PROVEN_NOT_SENT = "proven_not_sent"
    PROVEN_NOT_CREATED = "proven_not_created"
    # What the vendor says of the order
    PURCHASED = "purchased"
    CODES_UNREAD = "codes_unread"  # delivered, and its codes are in another answer
    PARTIALLY_DELIVERED = "partially_delivered"
    DELIVERED = "delivered"
    CODES_UNAVAILABLE = "codes_unavailable"
    PINS_UNKNOWN = "pins_unknown"  # its codes are here, perhaps without their PINs
    PINS_UNKNOWN_INCOMPLETE = "pins_unknown_incomplete"
    FAILED = "failed"
    CANCELLED = "cancelled"
    NEW_DELIVERABLES = "new_deliverables"  # some more, and the state is the same
    NOTHING_NEW = "nothing_new"
    NOT_READ = "not_read"  # nobody could read it, or it is not listed
    PURCHASE_MISMATCH = "purchase_mismatch"  # our purchase was answered with something else
    FOREIGN_ORDER = "foreign_order"  # under our reference is something we did not order
    CHARGE_MISMATCH = "charge_mismatch"
    FOUND_AFTER_CLOSING = "found_after_closing"  # though closed as not bought
    # Its children
    CHILDREN_IN_PROGRESS = "children_in_progress"
    CHILDREN_DELIVERED = "children_delivered"
    CHILDREN_FELL_SHORT = "children_fell_short"
    CHILDREN_REFUSED = "children_refused"
    # Afterwards
    REFUNDED = "refunded"
    REFUND_MISSING = "refund_missing"
    ESCALATED = "escalated"  # it is where it is for too long
    FOLLOWED_UP = "followed_up"  # something became of what was delivered
    NEWS = "news"  # a vendor's event, or an operator, asks for another look
