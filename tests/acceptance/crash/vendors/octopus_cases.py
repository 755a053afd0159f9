"""Octopus Cards: which point meets which behaviour, and how many cards are bought."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.lifecycle import OrderState
from tests.acceptance.crash.cases import Behaviour, Case
from tests.acceptance.crash.kill_points import POINTS

SMALL, LARGE = 2, 8  # the vendor answers the first with codes and fulfils the second later
READS = {"once": "", "always": "clear", "never": "masked"}
_AFTER, _BEFORE = "when=after", "when=before"


@dataclass(frozen=True)
class OctopusCase(Case):
    reads: str = (
        "once"  # whether reads of an order show its codes: the vendor's documents contradict themselves
    )

    vendor = "octopus"
    points = tuple(POINTS["octopus"])
    behaviours = {  # noqa: RUF012  # typed where it is declared
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

    @property
    def asks_for(self) -> str:
        return f"{self.quantity} cards | reads {self.reads}"

    @property
    def wanted(self) -> str:
        return str(self.quantity)

    @property
    def leads_to(self) -> OrderState:
        if self.behaviour.ends:
            return self.behaviour.ends
        return OrderState.DELIVERED if self._codes_are_readable() else OrderState.CODES_UNAVAILABLE

    @property
    def read_fault(self) -> str:
        return READS[self.reads]

    def _codes_are_readable(self) -> bool:
        if self.reads == "always":
            return True
        if self.quantity == LARGE:
            return self.reads == "once" and "order read again" not in self.kills
        return not self.answer_is_lost()  # the codes of a small order are in the answer to its purchase only


_VENDOR_MATTERS = OctopusCase.between("request sent", "outcome written, not committed") | {
    "found by reference",
    "before asking again",
    "order read again",
}  # before the request and after the outcome, vendors alike are one
_OUTCOME_UNKNOWN = tuple(
    name
    for name, b in OctopusCase.behaviours.items()
    if not b.succeeds and name not in {"slow down", "refuses"}
)


# One of each kind: the others differ in what their answer looks like.
_OF_THEIR_KIND = {"answers", "drops after the commit", "drops before", "400 duplicate", "refuses"}


def _reached(point: str, does: str, quantity: int) -> bool:
    """Whether a purchase with this vendor comes past that point at all."""
    behaviour = OctopusCase.behaviours[does]
    buys_in_the_end = behaviour.ends is not OrderState.REFUSED
    match point:
        case "vendor committed":
            return does != "drops after the commit"
        case "response understood":
            return buys_in_the_end and (behaviour.succeeds or not behaviour.buys)
        case "codes written, not committed" | "codes committed":
            return buys_in_the_end
        case "found by reference":
            return does in _OUTCOME_UNKNOWN
        case "before asking again":
            return does in {"drops before", "HTML 503 before"}
        case "order read again":
            lost = behaviour.buys and not behaviour.succeeds
            return behaviour.ends is None and (lost or quantity == LARGE)
        case "mid-reveal" | "taken over":
            return False  # needs a run before it: see the cases with two kills
        case _:
            return True


UNHURT = OctopusCase(("before the quote",), "answers", SMALL)


def cases() -> Iterator[OctopusCase]:
    for number, does in enumerate(OctopusCase.behaviours):
        for place, point in enumerate(OctopusCase.points):
            if point not in _VENDOR_MATTERS and does not in _OF_THEIR_KIND:
                continue
            in_turn = SMALL if (number + place) % 2 else LARGE
            both = point in _VENDOR_MATTERS and does in {"answers", "drops after the commit"}
            for quantity in (SMALL, LARGE) if both else (in_turn,):
                if _reached(point, does, quantity):
                    yield OctopusCase((point,), does, quantity)
    for reads in ("always", "never"):
        for does in ("answers", "drops after the commit"):
            for point in ("request sent", "response read", "codes committed", "order read again"):
                for quantity in (SMALL, LARGE):
                    if _reached(point, does, quantity):
                        yield OctopusCase((point,), does, quantity, reads)
    for second in ("taken over", "found by reference", "order read again", "mid-notice"):
        for first in ("intent committed", "request sent", "response read"):
            for quantity in (SMALL, LARGE):
                if second != "order read again" or first != "intent committed" or quantity == LARGE:
                    yield OctopusCase((first, second), "answers", quantity)
