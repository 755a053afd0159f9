"""Approvers decide, and so many of them have to agree before an order is bought."""

from pydantic import Field

from bot.domain.policy.denials import Denial, DenialReason
from bot.domain.policy.facts import Facts, Stage
from bot.domain.policy.rule import Rule
from bot.domain.policy.section import NonEmptyPrincipalSet


class ApproverDenial(DenialReason):
    NOT_AN_APPROVER = (
        "not_an_approver",
        "You are not on the list of approvers, so nothing was decided.",
    )
    APPROVAL_NO_LONGER_VALID = (
        "approval_no_longer_valid",
        "It needs the approval of {needed} different people, and {approved} have approved what it is now.",
    )


class Approvers(NonEmptyPrincipalSet, Rule):
    stages = frozenset({Stage.DECIDE, Stage.APPROVE, Stage.PURCHASE})

    needed: int = Field(1, ge=1, le=10)  # different people

    def check(self, stage: Stage, facts: Facts) -> Denial | None:
        if stage is Stage.PURCHASE:
            approved = len(facts.approvers)
            if approved >= self.needed:
                return None
            return Denial(
                ApproverDenial.APPROVAL_NO_LONGER_VALID, {"needed": self.needed, "approved": approved}
            )
        return None if facts.person in self else Denial(ApproverDenial.NOT_AN_APPROVER)
