"""The three-way match: our orders, the vendor's, what moved in the wallets. Values in, findings out."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain.matching.books import Books, ListedOrder, OurOrder
from bot.domain.matching.findings import BookedRefund, Finding, Kind, Match
from bot.domain.matching.money import check_money
from bot.domain.matching.orders import check_order, debits_for_nothing, strangers
from bot.domain.matching.reckoning import Reckoning
from bot.domain.movements import Movement

__all__ = ["BookedRefund", "Finding", "Kind", "ListedOrder", "Match", "OurOrder", "Reckoning", "match"]
_WORST_FIRST = list(Kind)


def match(
    ours: Sequence[OurOrder],
    listed: Sequence[ListedOrder],
    movements: Iterable[Movement],
    *,
    since: datetime,
    as_of: datetime,
) -> Match:
    """Compare the three books.

    What neither names us nor is younger than `since` is none of our business. `as_of` is when the reading
    began, movements first, our own orders last: an order of ours that moved later is left to the next match.
    """
    books = Books(listed, movements, ours, since=since, as_of=as_of)
    findings = [*strangers(books), *debits_for_nothing(books)]
    refunds: list[BookedRefund] = []
    for own in ours:
        if own.order.state_since <= as_of:
            findings += [*check_order(books, own), *check_money(books, own)]
            refunds += books.refunds_of(own.order)
    findings.sort(key=lambda finding: _WORST_FIRST.index(finding.kind))
    return Match(tuple(findings), tuple(refunds))
