"""What one order may be at most."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import Field, field_validator

from bot.domain.money import Money
from bot.domain.policy.denials import Denial, DenialReason
from bot.domain.policy.facts import Facts, Stage
from bot.domain.policy.rule import Rule
from bot.domain.policy.section import check_all_match

_CURRENCY = re.compile(r"[A-Z]{3}")
PositiveAmount = Annotated[Decimal, Field(gt=0)]


class LimitDenial(DenialReason):
    TOO_FEW = "too_few", "Ask for at least 1 card."
    TOO_MANY = "too_many", "At most {limit} cards per order here."
    OVER_LIMIT = "over_limit", "An order may cost at most {limit}; this costs {charge}."


class Limits(Rule):
    stages = frozenset({Stage.QUOTE, Stage.REQUEST, Stage.PURCHASE})

    quantity: int = Field(100, ge=1, le=5000)
    charge: dict[str, PositiveAmount] = Field({})  # by wallet currency; a currency not named has no limit

    @field_validator("charge")
    @classmethod
    def _currencies(cls, charge: dict[str, Decimal]) -> dict[str, Decimal]:
        check_all_match(frozenset(charge), _CURRENCY, "a currency in capitals such as USD")
        return charge

    def check(self, stage: Stage, facts: Facts) -> Denial | None:
        # How many cards there are was settled with the request.
        if stage is not Stage.PURCHASE and (denial := self._check_quantity(facts.quantity)):
            return denial
        return self._check_charge(facts)

    def _check_quantity(self, quantity: int | None) -> Denial | None:
        if quantity is None or 1 <= quantity <= self.quantity:
            return None
        if quantity < 1:
            return Denial(LimitDenial.TOO_FEW, form_field="quantity")
        return Denial(LimitDenial.TOO_MANY, {"limit": self.quantity}, form_field="quantity")

    def _check_charge(self, facts: Facts) -> Denial | None:
        charge = facts.charge
        if charge is None or (limit := self.charge.get(charge.currency)) is None:
            return None
        # Children of one order may not cost more together than it could alone. A sibling in another currency
        # is not added: when the currency changes, the price has moved, and that is a denial of its own.
        for sibling in facts.sibling_charges:
            if sibling.currency == charge.currency:
                charge += sibling
        if charge.amount <= limit:
            return None
        parameters = {"limit": str(Money(limit, charge.currency)), "charge": str(charge)}
        return Denial(LimitDenial.OVER_LIMIT, parameters, form_field="quantity")
