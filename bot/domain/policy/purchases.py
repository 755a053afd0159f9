"""How far the charge may rise between approval and purchase, and how long is waited for what."""

from decimal import Decimal

from pydantic import Field

from bot.domain.policy.denials import Denial, DenialReason
from bot.domain.policy.facts import Facts, Stage
from bot.domain.policy.rule import Rule
from bot.domain.quotes import charge_moved


class PurchaseDenial(DenialReason):
    PRICE_MOVED = "price_moved", "The charge was {approved} when it was approved and is {now} now."


class Purchases(Rule):
    """`grace_minutes`: a vendor that takes no reference of ours may finish a lost purchase that late."""

    stages = frozenset({Stage.PURCHASE})

    tolerance_percent: Decimal = Field(Decimal(1), ge=0, le=50)
    expire_after_hours: int = Field(72, ge=1, le=24 * 30)
    grace_minutes: int = Field(15, ge=1, le=24 * 60)

    def check(self, stage: Stage, facts: Facts) -> Denial | None:
        now, approved = facts.charge, facts.approved_charge
        if now is None or (approved and not charge_moved(approved, now, self.tolerance_percent)):
            return None
        return Denial(PurchaseDenial.PRICE_MOVED, {"approved": str(approved), "now": str(now)})
