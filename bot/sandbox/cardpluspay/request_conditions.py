"""Under what one request is answered: the choices that hold for it, and the faults that hit it."""

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
        """A fault may choose for this request otherwise than is usual."""
        own = replace(usual)
        if CHOOSE in faults:
            own.change_by_words(faults[CHOOSE].options)
        return cls(own, faults)
