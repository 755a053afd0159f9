"""Which point meets which vendor, how many cards are bought, and what each meeting must lead to."""

from dataclasses import dataclass

from bot.domain.orders import OrderState
from tests.acceptance.crash.points import POINTS

SMALL, LARGE = 2, 8  # the vendor answers the first with codes and fulfils the second later
_ORDER = list(POINTS)


@dataclass(frozen=True)
class Behaviour:
    """What the vendor does with a purchase. `fault` is for its stand-in.

    `answers` tells whether an HTTP answer arrives at all, `succeeds` whether it is a readable receipt, and
    `buys` whether this request is what buys.
    """

    fault: str = ""
    answers: bool = True
    succeeds: bool = False
    buys: bool = True
    lasting: bool = False
    ends: OrderState | None = None  # where it ends whatever else happens


_AFTER, _BEFORE = "when=after", "when=before"
BEHAVIOURS: dict[str, Behaviour] = {
    "answers": Behaviour(succeeds=True),
    "answers late": Behaviour("delay-after; seconds=0.4", succeeds=True),
    "drops after the commit": Behaviour("drop-after", answers=False),
    "drops before": Behaviour("drop-before", answers=False, buys=False),
    "500 after the commit": Behaviour(f"error; status=500; {_AFTER}"),
    "HTML 502 after the commit": Behaviour(f"error; status=502; body=html; {_AFTER}"),
    "HTML 503 before": Behaviour(f"error; status=503; body=html; {_BEFORE}", buys=False),
    "truncated answer": Behaviour("truncate"),
    "400 duplicate": Behaviour(),  # the reference was used before: the attempt nobody remembers
    "slow down": Behaviour("rate-limited; seconds=1", buys=False),
    "refuses": Behaviour("insufficient-funds", buys=False, lasting=True, ends=OrderState.REFUSED),
    "fails": Behaviour("fail", succeeds=True, lasting=True, ends=OrderState.FAILED),
}
READS = {"once": "", "always": "clear", "never": "masked"}


@dataclass(frozen=True)
class Case:
    kills: tuple[str, ...]
    vendor: str
    quantity: int
    reads: str = "once"  # whether reads of an order show its codes: the vendor's documents contradict themselves

    def __str__(self) -> str:
        return f"{' then '.join(self.kills)} | {self.vendor} | {self.quantity} cards | reads {self.reads}"

    @property
    def behaviour(self) -> Behaviour:
        return BEHAVIOURS[self.vendor]

    @property
    def leads_to(self) -> OrderState:
        """The one truthful state, from who has seen the codes and who still can."""
        if self.behaviour.ends:
            return self.behaviour.ends
        return OrderState.DELIVERED if self._codes_are_readable() else OrderState.CODES_MISSING

    def _codes_are_readable(self) -> bool:
        if self.reads == "always":
            return True
        if self.quantity == LARGE:
            return self.reads == "once" and "order read again" not in self.kills
        return not self._answer_is_lost()

    def _answer_is_lost(self) -> bool:
        """The codes of a small order are in the first answer only."""
        if self.behaviour.buys and not self.behaviour.succeeds:
            return True
        return any(_within(kill, "request sent", "codes written, not committed") for kill in self.kills)


def _within(kill: str, first: str, last: str) -> bool:
    return _ORDER.index(first) <= _ORDER.index(kill) <= _ORDER.index(last)
