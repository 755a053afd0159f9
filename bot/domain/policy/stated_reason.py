"""Every request says why."""

from bot.domain.policy.denials import Denial, DenialReason
from bot.domain.policy.facts import Facts, Stage
from bot.domain.policy.rule import Rule

LONGEST_REASON = 500


class ReasonDenial(DenialReason):
    REASON_MISSING = (
        "reason_missing",
        "Say why the customer gets this card. The approvers decide on it.",
    )
    REASON_TOO_LONG = "reason_too_long", "At most {limit} characters, please: this has {length}."


class StatedReason(Rule):
    stages = frozenset({Stage.REQUEST})

    def check(self, stage: Stage, facts: Facts) -> Denial | None:
        if facts.texts is None:
            return None
        length = len(facts.texts.reason)
        if not length:
            return Denial(ReasonDenial.REASON_MISSING, form_field="reason")
        if length > LONGEST_REASON:
            parameters = {"limit": LONGEST_REASON, "length": length}
            return Denial(ReasonDenial.REASON_TOO_LONG, parameters, form_field="reason")
        return None
