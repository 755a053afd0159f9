"""Why an order is where it is, as a code with parameters. Sentences are made where they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

JSON = str | int | bool | None | list["JSON"] | dict[str, "JSON"]


class ProblemCode(StrEnum):
    """Each member is the word in the database, and the names of its parameters."""

    parameters: tuple[str, ...]

    def __new__(cls, word: str, *parameters: str) -> Self:
        member = str.__new__(cls, word)
        member._value_ = word
        member.parameters = parameters
        return member

    DECLINED = "declined", "note"
    EXPIRED = "expired", "hours"
    RESOLVED = "resolved", "note"
    PRICE_MOVED = "price_moved", "approved", "now"
    OVER_LIMIT = "over_limit", "limit", "charge"
    VENDOR_FORBIDDEN = "vendor_forbidden", "vendor"
    DENIED_BY_POLICY = "denied_by_policy", "reason", "parameters"  # of the rule's denial
    AWAITING_TURN = "awaiting_turn", "reference"
    NOT_BOUGHT_YET = "not_bought_yet", "why"
    REFUSED_BY_VENDOR = "refused_by_vendor", "why", "funds"
    OUTCOME_UNKNOWN = "outcome_unknown"
    BOUGHT_ANEW = "bought_anew"
    RESUBMISSION_BLOCKED_APPROVAL_NO_LONGER_VALID = (
        "resubmission_blocked_approval_no_longer_valid",
        "needed",
        "approved",
    )
    RESUBMISSION_BLOCKED_PRICE_MOVED = "resubmission_blocked_price_moved", "approved", "now"
    RESUBMISSION_BLOCKED_VENDOR_FORBIDDEN = "resubmission_blocked_vendor_forbidden", "vendor"
    RESUBMISSION_BLOCKED_OVER_LIMIT = "resubmission_blocked_over_limit", "limit", "charge"
    RESUBMISSION_BLOCKED_DENIED_BY_POLICY = "resubmission_blocked_denied_by_policy", "reason", "parameters"
    RESUBMISSION_BLOCKED_QUOTE_REFUSED = "resubmission_blocked_quote_refused", "why"
    ATTRIBUTION_INCONCLUSIVE = "attribution_inconclusive", "why"
    CODES_UNAVAILABLE = "codes_unavailable"
    PINS_UNKNOWN = "pins_unknown"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PURCHASE_MISMATCH = "purchase_mismatch"
    FOREIGN_ORDER = "foreign_order"
    CHILDREN_FELL_SHORT = "children_fell_short", "children"  # [{reference, units, state, problem}]


@dataclass(frozen=True, slots=True)
class Problem:
    code: ProblemCode
    parameters: Mapping[str, JSON] = field(default_factory=dict)
