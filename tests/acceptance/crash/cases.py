"""Which point meets which vendor, how many cards are bought, and what each meeting must lead to."""

from collections.abc import Iterator
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
    reads: str = (
        "once"  # whether reads of an order show its codes: the vendor's documents contradict themselves
    )

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

    @property
    def purchases(self) -> int:
        """How many the vendor has made of it in the end."""
        return 0 if self.behaviour.ends is OrderState.REFUSED else 1

    def _codes_are_readable(self) -> bool:
        if self.reads == "always":
            return True
        if self.quantity == LARGE:
            return self.reads == "once" and "order read again" not in self.kills
        return not self._answer_is_lost()

    def _answer_is_lost(self) -> bool:
        """The codes of a small order are in the answer to its purchase only."""
        behaviour = self.behaviour
        if behaviour.buys:
            return not behaviour.succeeds or any(kill in _HOLDING_THE_ANSWER for kill in self.kills)
        # The first request buys nothing, so what is killed with it is lost to nobody: the second one buys.
        spent = {"request sent", "response read"} | ({"vendor committed"} if behaviour.answers else set())
        return any(kill in _HOLDING_THE_ANSWER - spent for kill in self.kills)


def _points(first: str, last: str) -> frozenset[str]:
    return frozenset(_ORDER[_ORDER.index(first) : _ORDER.index(last) + 1])


_HOLDING_THE_ANSWER = _points("request sent", "codes written, not committed")
_VENDOR_MATTERS = _points("request sent", "outcome written, not committed") | {
    "found by reference",
    "before asking again",
    "order read again",
}  # before the request and after the outcome, vendors alike are one
_OUTCOME_UNKNOWN = tuple(
    name for name, b in BEHAVIOURS.items() if not b.succeeds and name not in {"slow down", "refuses"}
)


# One of each kind: the others differ in what their answer looks like.
_OF_THEIR_KIND = {"answers", "drops after the commit", "drops before", "400 duplicate", "refuses"}


def _reached(point: str, vendor: str, quantity: int) -> bool:
    """Whether a purchase with this vendor comes past that point at all."""
    behaviour = BEHAVIOURS[vendor]
    buys_in_the_end = behaviour.ends is not OrderState.REFUSED
    match point:
        case "vendor committed":
            return vendor != "drops after the commit"
        case "response understood":
            return buys_in_the_end and (behaviour.succeeds or not behaviour.buys)
        case "codes written, not committed" | "codes committed":
            return buys_in_the_end
        case "found by reference":
            return vendor in _OUTCOME_UNKNOWN
        case "before asking again":
            return vendor in {"drops before", "HTML 503 before"}
        case "order read again":
            lost = behaviour.buys and not behaviour.succeeds
            return behaviour.ends is None and (lost or quantity == LARGE)
        case "mid-reveal" | "orphan adopted":
            return False  # needs a life before it: see the cases with two kills
        case _:
            return True


def cases() -> Iterator[Case]:
    for number, vendor in enumerate(BEHAVIOURS):
        for place, point in enumerate(POINTS):
            if point not in _VENDOR_MATTERS and vendor not in _OF_THEIR_KIND:
                continue
            in_turn = SMALL if (number + place) % 2 else LARGE
            both = point in _VENDOR_MATTERS and vendor in {"answers", "drops after the commit"}
            for quantity in (SMALL, LARGE) if both else (in_turn,):
                if _reached(point, vendor, quantity):
                    yield Case((point,), vendor, quantity)
    for reads in ("always", "never"):
        for vendor in ("answers", "drops after the commit"):
            for point in ("request sent", "response read", "codes committed", "order read again"):
                for quantity in (SMALL, LARGE):
                    if _reached(point, vendor, quantity):
                        yield Case((point,), vendor, quantity, reads)
    for second in ("orphan adopted", "found by reference", "order read again", "mid-notice"):
        for first in ("intent committed", "request sent", "response read"):
            for quantity in (SMALL, LARGE):
                if second != "order read again" or first != "intent committed" or quantity == LARGE:
                    yield Case((first, second), "answers", quantity)
