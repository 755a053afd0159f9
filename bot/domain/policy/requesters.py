"""Requesters may ask for cards. What somebody asked for they alone may take back, and see the codes of."""

from bot.domain.policy.denials import Denial, DenialReason
from bot.domain.policy.facts import Facts, Stage
from bot.domain.policy.rule import Rule
from bot.domain.policy.section import NonEmptyPrincipalSet


class RequesterDenial(DenialReason):
    NOT_A_REQUESTER = (
        "not_a_requester",
        "You are not on the list of people who may request gift cards here. "
        "A team lead can add you, or ask for you.",
    )
    NOT_YOUR_REQUEST = "not_your_request", "Only the person who asked can withdraw a request."
    NOT_YOUR_CODES = (
        "not_your_codes",
        "Codes are shown only to the person who asked for the cards, whatever your role.",
    )


class Requesters(NonEmptyPrincipalSet, Rule):
    stages = frozenset({Stage.REQUEST, Stage.WITHDRAW, Stage.REVEAL})

    def check(self, stage: Stage, facts: Facts) -> Denial | None:
        # Whoever is no longer on the list may still take a request back.
        if stage is not Stage.WITHDRAW and facts.person not in self:
            return Denial(RequesterDenial.NOT_A_REQUESTER)
        if stage is Stage.WITHDRAW and not facts.is_own:
            return Denial(RequesterDenial.NOT_YOUR_REQUEST)
        if stage is Stage.REVEAL and not facts.is_own:
            return Denial(RequesterDenial.NOT_YOUR_CODES)
        return None
