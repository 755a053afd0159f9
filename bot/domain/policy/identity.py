"""Guests, bots, deactivated people and strangers can do nothing, whatever lists they are on."""

from bot.domain.policy.denials import Denial, DenialReason
from bot.domain.policy.facts import Facts, Stage
from bot.domain.policy.rule import Rule


class IdentityDenial(DenialReason):
    UNKNOWN_PERSON = "unknown_person", "Slack does not know this account, so it cannot use gift cards."
    BOT = "bot", "Bots cannot use gift cards."
    DEACTIVATED = "deactivated", "This account is deactivated, so it cannot use gift cards."
    FOREIGN_WORKSPACE = (
        "foreign_workspace",
        "Gift cards are only for people of this workspace, and your account belongs to another one.",
    )
    GUEST = "guest", "Guest accounts cannot use gift cards. Ask a full member of the team."


class Identity(Rule):
    stages = frozenset(Stage) - {Stage.PURCHASE}

    def check(self, stage: Stage, facts: Facts) -> Denial | None:
        person = facts.person
        if person is None:
            return Denial(IdentityDenial.UNKNOWN_PERSON)
        if person.is_bot:
            return Denial(IdentityDenial.BOT)
        if person.is_deactivated:
            return Denial(IdentityDenial.DEACTIVATED)
        if person.is_foreign:
            return Denial(IdentityDenial.FOREIGN_WORKSPACE)
        if person.is_guest:
            return Denial(IdentityDenial.GUEST)
        return None
