"""The three-way match: our orders, the vendor's, what moved in the wallets. Values in, findings out."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain.reconciliation.balance_checkpoint import BalanceCheckpoint
from bot.domain.reconciliation.findings import BookedRefund, Finding, FindingKind, ReconciliationResult
from bot.domain.reconciliation.money import check_money
from bot.domain.reconciliation.orders import check_order, unexplained_debits, unknown_orders
from bot.domain.reconciliation.records import ListedOrder, LocalOrder, ReconciliationRecords
from bot.domain.wallet_transactions import WalletTransaction

__all__ = [
    "BalanceCheckpoint",
    "BookedRefund",
    "Finding",
    "FindingKind",
    "ListedOrder",
    "LocalOrder",
    "ReconciliationResult",
    "reconcile",
]
_WORST_FIRST = list(FindingKind)


def reconcile(
    ours: Sequence[LocalOrder],
    listed: Sequence[ListedOrder],
    wallet_transactions: Iterable[WalletTransaction],
    *,
    since: datetime,
    as_of: datetime,
) -> ReconciliationResult:
    """Compare the three books.

    What neither names us nor is younger than `since` is none of our business. `as_of` is when the reading
    began, movements first, our own orders last: an order of ours that moved later is left to the next match.
    """
    records = ReconciliationRecords(listed, wallet_transactions, ours, since=since, as_of=as_of)
    findings = [*unknown_orders(records), *unexplained_debits(records)]
    refunds: list[BookedRefund] = []
    for own in ours:
        if own.order.state_since <= as_of:
            findings += [*check_order(records, own), *check_money(records, own)]
            refunds += records.refunds_of(own.order)
    findings.sort(key=lambda finding: _WORST_FIRST.index(finding.kind))
    return ReconciliationResult(tuple(findings), tuple(refunds))
