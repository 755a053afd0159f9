"""The choices and faults that apply to one request."""

from dataclasses import dataclass, replace

from bot.sandbox.cardpluspay.choices import Choices
from bot.sandbox.cardpluspay.faults import CHOOSE
from bot.sandbox.vendors.faults import Faults


@dataclass(frozen=True)
class RequestConditions:
    choices: Choices
    faults: Faults

    @classmethod
    def of(cls, usual: Choices, faults: Faults) -> "RequestConditions":
        """A fault may change choices for this request only."""
        own = replace(usual)
        if CHOOSE in faults:
            own.change_by_words(faults[CHOOSE].options)
        return cls(own, faults)
