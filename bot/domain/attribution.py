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
class AccountSnapshot:
    """The account right before a purchase went out: the numbers it listed, and what it held.

    `expected` is what the purchase should cost, by the quote of that moment.
    """

    known: frozenset[str]
    balance: Money
    expected: Money
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order that was not listed before and is no other purchase of ours."""

    vendor_order_id: str
    charge: Money | None
    cards: int  # shown so far
    at: datetime | None
    is_complete: bool = False  # the vendor says so: no more cards come
    is_another: bool = False  # it shows cards of another kind than were ordered

    def falls_short(self, quantity: int) -> bool:
        """Whether it will never have so many cards."""
        return self.is_complete and self.cards < quantity

    def __str__(self) -> str:
        dated = f", {self.at:%Y-%m-%d %H:%M} UTC" if self.at else ""
        return f"{self.vendor_order_id} ({self.charge or 'an unknown sum'}{dated})"


@dataclass(frozen=True, slots=True)
class Attributed:
    """It is this one."""

    vendor_order_id: str


@dataclass(frozen=True, slots=True)
class Unpaid:
    """It may be this one, which shows no card and for which nothing left the account: bought, or refused."""

    vendor_order_id: str


@dataclass(frozen=True, slots=True)
class NotCreated:
    """There is none, and no money moved that something else does not explain."""


@dataclass(frozen=True, slots=True)
class Inconclusive:
    """The account does not tell; `why` is for the person who has to find out."""

    why: str


Attribution = Attributed | Unpaid | NotCreated | Inconclusive


def attribute(
    snapshot: AccountSnapshot,
    candidates: Collection[Candidate],
    balance: Money,
    *,
    quantity: int,
    now: datetime,
) -> Attribution:
    """Purchases of ours are made one at a time, so at most one of the candidates is ours.

    An order that does not fit may still be ours: filled in part, at a price that leapt, dated by a wrong
    clock. So none is there only where each new order shows that it is another one's.
    """
    expected = snapshot.expected
    possible = [each for each in candidates if not each.is_another and each.cards <= quantity]
    fitting = [each for each in possible if _fits(each, snapshot, expected, now)]
    if len(fitting) > 1:
        return Inconclusive(f"several orders could be it: {_named(fitting)}.")
    spent = snapshot.balance - balance
    elsewhere = _sum([each for each in candidates if each not in fitting], spent.currency)
    if not possible:
        return _without_candidate(spent, elsewhere)
    if not fitting:
        return Inconclusive(
            f"what came up meanwhile could be it, though {expected} was due: {_named(possible)}."
        )
    (only,) = fitting
    if spent == elsewhere:
        return _unpaid(only)
    due = None if only.charge is None or elsewhere is None else elsewhere + only.charge
    # More came in than went out hides nothing of an exact charge; more that went out hides another purchase.
    hides = due is None or spent.amount > due.amount
    if spent == due and (only.charge == expected or not only.falls_short(quantity)):
        return Attributed(only.vendor_order_id)
    if only.charge == expected and not hides:
        return Attributed(only.vendor_order_id)
    return Inconclusive(
        f"order {only} could be it, where {expected} was due, and the balance went from {snapshot.balance} "
        f"to {balance}."
    )


def _unpaid(only: Candidate) -> Attribution:
    if only.cards:
        return Inconclusive(f"order {only} could be it, but nothing left the account for it.")
    return Unpaid(only.vendor_order_id)


def _fits(candidate: Candidate, snapshot: AccountSnapshot, expected: Money, now: datetime) -> bool:
    if candidate.at and not snapshot.taken_at - _CLOCKS_DIFFER <= candidate.at <= now + _CLOCKS_DIFFER:
        return False
    charge = candidate.charge
    if charge is None:
        return True
    if charge.currency != expected.currency:
        return False
    return abs(charge.amount - expected.amount) <= expected.amount * _PRICES_MOVE_BY


def _without_candidate(spent: Money, elsewhere: Money | None) -> Attribution:
    if elsewhere is not None and spent == elsewhere:
        return NotCreated()
    unexplained = spent if elsewhere is None else spent - elsewhere
    if unexplained.amount < 0:
        came_in = Money(-unexplained.amount, unexplained.currency)
        return Inconclusive(
            f"it is not listed, but {came_in} came into the account meanwhile and may hide its charge."
        )
    return Inconclusive(
        f"it is not listed, though {unexplained} left the account that no other order explains."
    )


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
