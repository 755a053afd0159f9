"""Nobody decides on their own request, and nobody confirms what they proposed. That holds for every role."""

from bot.domain.people import PersonId
from bot.domain.policy.denials import Denial, DenialReason
from bot.domain.policy.facts import Facts, Stage
from bot.domain.policy.rule import Rule


class FourEyesDenial(DenialReason):
    SELF_APPROVAL = (
        "self_approval",
        "This is your own request, so somebody else has to decide. That holds for every role.",
    )
    OWN_PROPOSAL = "own_proposal", "You proposed this yourself, so another approver has to confirm it."
    ALREADY_APPROVED = (
        "already_approved",
        "You have already approved this. It needs somebody else as well.",
    )


class FourEyes(Rule):
    stages = frozenset({Stage.DECIDE, Stage.APPROVE})

    def check(self, stage: Stage, facts: Facts) -> Denial | None:
        if facts.requester is None or _is(facts, facts.requester):
            return Denial(FourEyesDenial.SELF_APPROVAL)
        if facts.proposer is not None and _is(facts, facts.proposer):
            return Denial(FourEyesDenial.OWN_PROPOSAL)
        if stage is Stage.APPROVE and any(_is(facts, approver) for approver in facts.approvers):
            return Denial(FourEyesDenial.ALREADY_APPROVED)
        return None


def _is(facts: Facts, other: PersonId) -> bool:
    return facts.person is None or facts.person.is_same_person(other)
