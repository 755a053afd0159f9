"""Orders: does the vendor have what we have, on the same terms, and nothing else?"""

from collections.abc import Iterator
from datetime import timedelta

from bot.domain.lifecycle import BEING_BOUGHT, DELIVERING, UNSPENT
from bot.domain.lines import Difference
from bot.domain.reconciliation.findings import Finding, FindingFactory, FindingKind, since_when, state_text
from bot.domain.reconciliation.records import ListedOrder, LocalOrder, ReconciliationRecords
from bot.domain.wallet_transactions import Direction

_BUYING_TAKES_AT_MOST = timedelta(hours=1)
_LOOKED_AT_WITHIN = timedelta(days=1)


def unknown_orders(records: ReconciliationRecords) -> Iterator[Finding]:
    """Orders at the vendor that nobody asked for here."""
    for order in records.listed.values():
        number = order.vendor_order_id
        known = order.client_reference in records.references or (
            order.client_reference is None and number in records.numbers
        )
        if known or records.predates_baseline(order):
            continue
        paid = records.total(number, Direction.DEBIT)
        named = f" under {order.client_reference[:60]}" if order.client_reference else ""
        message = f"The vendor has order {number}{named}{f' for {paid}' if paid else ''}"
        yield Finding(
            FindingKind.UNKNOWN_ORDER,
            f"{message}, which nobody asked for here.",
            order.client_reference,
            number,
        )


def unexplained_debits(records: ReconciliationRecords) -> Iterator[Finding]:
    """Money that left a wallet for an order neither of us knows, or for none."""
    for wallet_transaction in records.wallet_transactions.values():
        number = wallet_transaction.vendor_order_id
        explained = number is not None and (number in records.listed or number in records.numbers)
        if (
            wallet_transaction.direction is Direction.CREDIT
            or explained
            or wallet_transaction.at < records.since
        ):
            continue
        named = f"names order {number}, which the vendor does not list" if number else "names no order"
        yield Finding(
            FindingKind.UNKNOWN_DEBIT,
            f"{wallet_transaction.amount} left wallet {wallet_transaction.wallet_id} "
            f"on {wallet_transaction.at:%Y-%m-%d %H:%M} UTC "
            f"(transaction {wallet_transaction.transaction_id}); it {named}.",
            None,
            number,
            wallet_transaction.transaction_id,
        )


def check_order(records: ReconciliationRecords, own: LocalOrder) -> Iterator[Finding]:
    """One of our orders beside what the vendor has under its reference."""
    order, vendor_orders = own.order, records.vendor_orders(own.order)
    finding = FindingFactory(
        order, vendor_orders[0].vendor_order_id if vendor_orders else order.vendor_order_id
    )
    age = records.age(order)
    if len(vendor_orders) > 1:
        numbers = ", ".join(each.vendor_order_id for each in vendor_orders)
        yield finding(
            FindingKind.BOUGHT_TWICE, f"the vendor has {len(vendor_orders)} orders under it: {numbers}."
        )
    if vendor_orders and order.state in UNSPENT:
        yield finding(
            FindingKind.NOT_APPROVED,
            f"the vendor has it as order {vendor_orders[0].vendor_order_id}, "
            f"and here it is {state_text(order)}.",
        )
    elif vendor_orders:
        yield from _check_terms(finding, vendor_orders[0])
    elif order.state not in UNSPENT | BEING_BOUGHT and order.requested_at >= records.since:
        yield finding(
            FindingKind.MISSING_ORDER, f"it is {state_text(order)} here, and the vendor does not list it."
        )
    if order.state in BEING_BOUGHT and (order.escalations or age > _BUYING_TAKES_AT_MOST):
        yield finding(FindingKind.NOT_BOUGHT_YET, f"it is {state_text(order)} since {since_when(order)}.")
    if order.state in DELIVERING and own.codes_held and not own.codes_shown and age > _LOOKED_AT_WITHIN:
        yield finding(
            FindingKind.NOT_REVEALED,
            f"its codes are here since {since_when(order)}, and nobody looked at them.",
        )


def _check_terms(finding: FindingFactory, vendor_orders: ListedOrder) -> Iterator[Finding]:
    order, terms = finding.order, finding.order.terms
    said = [
        Difference("number", vendor_orders.vendor_order_id, order.vendor_order_id),
        *terms.line.differences(vendor_orders),
        Difference("wallet", vendor_orders.wallet_id, terms.wallet_id),
    ]
    differing = [
        f"{each.name} {each.theirs} there and {each.ours} here"
        for each in said
        if each.theirs is not None and each.ours and each.theirs != each.ours
    ]
    if differing:
        yield finding(FindingKind.OTHER_TERMS, f"the vendor has it otherwise: {'; '.join(differing)}.")
