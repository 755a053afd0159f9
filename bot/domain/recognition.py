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


@dataclass(frozen=True, slots=True)
class Recognised:
    """It is this one."""

    provider_order_id: str


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
    """`expected` is the charge by the quote right before buying. Purchases of ours are made one at a time."""
    fitting = [each for each in candidates if _fits(each, snapshot, expected, quantity, now)]
    others = [each for each in candidates if each not in fitting]
    if len(fitting) > 1:
        numbers = ", ".join(sorted(each.provider_order_id for each in fitting))
        return Unclear(f"several orders could be it: {numbers}.")
    spent = snapshot.balance - balance
    elsewhere = _sum(others, spent.currency)
    if not fitting:
        return _without_a_match(spent, elsewhere)
    (only,) = fitting
    confirmed = only.charge is not None and elsewhere is not None and spent == elsewhere + only.charge
    if only.charge == expected or confirmed:
        return Recognised(only.provider_order_id)
    return Unclear(
        f"order {only.provider_order_id} could be it, but it cost {only.charge or 'an unknown sum'} "
        f"instead of {expected}, and the balance went from {snapshot.balance} to {balance}."
    )


def _fits(candidate: Candidate, snapshot: Snapshot, expected: Money, quantity: int, now: datetime) -> bool:
    if candidate.cards > quantity:
        return False
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


def _sum(candidates: Collection[Candidate], currency: str) -> Money | None:
    """None when one of them does not say what it cost, or says it in another currency."""
    total = Money(Decimal(0), currency)
    for each in candidates:
        if each.charge is None or each.charge.currency != currency:
            return None
        total += each.charge
    return total
