"""Whoever has no role here sees nothing."""

from collections.abc import Mapping

from bot.domain.policy.denials import Denial, DenialReason
from bot.domain.policy.facts import Facts, Stage
from bot.domain.policy.rule import Rule
from bot.domain.policy.section import PrincipalSet


class InvolvementDenial(DenialReason):
    NOT_INVOLVED = (
        "not_involved",
        "You have no role with gift cards here. A team lead can add you to the list of requesters.",
    )


class Involvement(Rule):
    """It reads the sections that give somebody a role, and has none of its own."""

    stages = frozenset({Stage.VIEW})

    requesters: PrincipalSet
    approvers: PrincipalSet
    controllers: PrincipalSet

    def check(self, stage: Stage, facts: Facts) -> Denial | None:
        if any(facts.person in principals for principals in self.principal_sets().values()):
            return None
        return Denial(InvolvementDenial.NOT_INVOLVED)

    def principal_sets(self) -> Mapping[str, PrincipalSet]:
        return {
            "requesters": self.requesters,
            "approvers": self.approvers,
            "controllers": self.controllers,
        }
