"""Who may do what, within which limits: one rule per module, all of them asked in one place."""

from bot.domain.policy.denials import Denial, DenialReason
from bot.domain.policy.facts import Facts, Stage, Texts
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import Rule
from bot.domain.policy.section import PrincipalSet

__all__ = ["Denial", "DenialReason", "Facts", "Policy", "PrincipalSet", "Rule", "Stage", "Texts"]
