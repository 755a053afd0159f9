"""The old address of the policy, until its importers are moved."""

from bot.domain.policy.four_eyes import FourEyesDenial
from bot.domain.policy.identity import IdentityDenial
from bot.domain.policy.policy import Policy
from bot.domain.policy.requesters import RequesterDenial
from bot.domain.policy.transitional import FieldError, NotPermitted


class DenialReason:
    SELF_APPROVAL = FourEyesDenial.SELF_APPROVAL
    NOT_THE_REQUESTER = RequesterDenial.NOT_YOUR_REQUEST
    UNKNOWN_PERSON = IdentityDenial.UNKNOWN_PERSON


__all__ = ["DenialReason", "FieldError", "NotPermitted", "Policy"]
