"""Which of a vendor's orders is the purchase we got no answer for, when it carries no reference of ours?

The account itself tells: what is listed that was not listed before, and how far the balance fell.
Section 4 of the vendor's contract is where the rules come from. Values in, a verdict out.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.money import Money

_CLOCKS_DIFFER = timedelta(minutes=10)
_PRICES_MOVE_BY = Decimal("0.2")  # of the expected charge, between the quote and the purchase


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The account right before a purchase went out: the numbers it listed, and what it held."""

    known: frozenset[str]
    balance: Money
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order that was not listed before and is no other purchase of ours."""

    provider_order_id: str
    charge: Money | None
    cards: int  # shown so far
    at: datetime | None
    is_another: bool = False  # it shows cards of another kind than were ordered

    def __str__(self) -> str:
        dated = f", {self.at:%Y-%m-%d %H:%M} UTC" if self.at else ""
        return f"{self.provider_order_id} ({self.charge or 'an unknown sum'}{dated})"


@dataclass(frozen=True, slots=True)
class Recognised:
    """It is this one. `is_unpaid`: it shows no card, and nothing left the account for it yet."""

    provider_order_id: str
    is_unpaid: bool = False


@dataclass(frozen=True, slots=True)
class NotThere:
    """There is none, and no money moved that something else does not explain."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """The account does not tell; `why` is for the person who has to find out."""

    why: str


Verdict = Recognised | NotThere | Unclear


def recognise(
    snapshot: Snapshot,
    candidates: Collection[Candidate],
    balance: Money,
    *,
    expected: Money,
    quantity: int,
    now: datetime,
) -> Verdict:
    """`expected` is the charge by the quote right before buying. Purchases of ours are made one at a time.

    An order that does not fit may still be ours: filled in part, at a price that leapt, dated by a wrong
    clock. So none is there only where each new order shows that it is another one's.
    """
    possible = [each for each in candidates if not each.is_another and each.cards <= quantity]
    fitting = [each for each in possible if _fits(each, snapshot, expected, now)]
    if len(fitting) > 1:
        return Unclear(f"several orders could be it: {_named(fitting)}.")
    spent = snapshot.balance - balance
    elsewhere = _sum([each for each in candidates if each not in fitting], spent.currency)
    if not possible:
        return _without_a_match(spent, elsewhere)
    if not fitting:
        return Unclear(f"what came up meanwhile could be it, though {expected} was due: {_named(possible)}.")
    (only,) = fitting
    if only.cards and spent == elsewhere:
        return Unclear(f"order {only} could be it, but nothing left the account for it.")
    confirmed = only.charge is not None and elsewhere is not None and spent == elsewhere + only.charge
    if only.charge == expected or confirmed:
        return Recognised(only.provider_order_id, is_unpaid=spent == elsewhere)
    return Unclear(
        f"order {only.provider_order_id} could be it, but it cost {only.charge or 'an unknown sum'} "
        f"instead of {expected}, and the balance went from {snapshot.balance} to {balance}."
    )


def _fits(candidate: Candidate, snapshot: Snapshot, expected: Money, now: datetime) -> bool:
    if candidate.at and not snapshot.taken_at - _CLOCKS_DIFFER <= candidate.at <= now + _CLOCKS_DIFFER:
        return False
    charge = candidate.charge
    if charge is None:
        return True
    if charge.currency != expected.currency:
        return False
    return abs(charge.amount - expected.amount) <= expected.amount * _PRICES_MOVE_BY


def _without_a_match(spent: Money, elsewhere: Money | None) -> Verdict:
    if elsewhere is not None and spent == elsewhere:
        return NotThere()
    unexplained = spent if elsewhere is None else spent - elsewhere
    if unexplained.amount < 0:
        came_in = Money(-unexplained.amount, unexplained.currency)
        return Unclear(
            f"it is not listed, but {came_in} came into the account meanwhile and may hide its charge."
        )
    return Unclear(f"it is not listed, though {unexplained} left the account that no other order explains.")


def _named(candidates: Collection[Candidate]) -> str:
    return ", ".join(sorted(map(str, candidates)))


def _sum(candidates: Collection[Candidate], currency: str) -> Money | None:
    """None when one of them does not say what it cost, or says it in another currency."""
    total = Money(Decimal(0), currency)
    for each in candidates:
        if each.charge is None or each.charge.currency != currency:
            return None
        total += each.charge
    return total
