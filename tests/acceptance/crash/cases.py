"""A meeting of one point of a purchase with one vendor: what it must lead to is said before it is played."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from bot.domain.lifecycle import OrderState


@dataclass(frozen=True)
class Behaviour:
    """What the vendor does with a purchase. `fault` is for its stand-in.

    `answers` tells whether an HTTP answer arrives at all, `succeeds` whether it is readable, and
    `buys` whether this request is what buys. `meanwhile` is what others do with the account between the first
    kill and the next run.
    """

    fault: str = ""
    answers: bool = True
    succeeds: bool = False
    buys: bool = True
    lasting: bool = False
    ends: OrderState | None = None  # where it ends whatever else happens
    patience_s: float | None = None  # after which we give it up; None: as always
    meanwhile: str = ""


@dataclass(frozen=True)
class Case(ABC):
    kills: tuple[str, ...]
    does: str  # the vendor: one of `behaviours`
    quantity: int

    vendor: ClassVar[str]
    behaviours: ClassVar[Mapping[str, Behaviour]]
    points: ClassVar[tuple[str, ...]]

    def __str__(self) -> str:
        return f"{self.vendor} | {' then '.join(self.kills)} | {self.does} | {self.asks_for}"

    @property
    @abstractmethod
    def asks_for(self) -> str: ...

    @property
    @abstractmethod
    def leads_to(self) -> OrderState:
        """The one truthful state, from who has seen the codes and who still can."""

    @property
    @abstractmethod
    def wanted(self) -> str:
        """What is bought, as the vendor's shop names it."""

    @property
    def bought_before(self) -> bool:
        """Whether we hold cards of the same product already."""
        return False

    @property
    def mistaken(self) -> int:
        """Purchases of others that nothing tells from ours: the one thing we are wrong about."""
        return 0

    @property
    def behaviour(self) -> Behaviour:
        return self.behaviours[self.does]

    @property
    def purchases(self) -> int:
        """How many the vendor has made of it in the end."""
        return 0 if self.behaviour.ends is OrderState.REFUSED else 1

    @property
    def read_fault(self) -> str:
        """What the stand-in is told with every read of an order."""
        return ""

    @classmethod
    def between(cls, first: str, last: str) -> frozenset[str]:
        return frozenset(cls.points[cls.points.index(first) : cls.points.index(last) + 1])

    def dies_at(self, points: Iterable[str]) -> bool:
        return not set(points).isdisjoint(self.kills)

    def answer_is_lost(self) -> bool:
        """Whether nobody ever read the answer to the request that bought."""
        behaviour = self.behaviour
        holding = self.between("request sent", "codes written, not committed")
        if behaviour.buys:
            return not behaviour.succeeds or self.dies_at(holding)
        # The first request buys nothing, so what is killed with it is lost to nobody: the second one buys.
        spent = {"request sent", "response read"} | ({"vendor committed"} if behaviour.answers else set())
        return self.dies_at(holding - spent)
