"""Money: was each order paid once and exactly, and did what was owed come back?"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from bot.domain.lifecycle import BEING_BOUGHT, RETURNING, UNSPENT, OrderState
from bot.domain.money import Money, precision, rounded
from bot.domain.orders import Order
from bot.domain.reconciliation.findings import Finding, FindingFactory, FindingKind, state_text
from bot.domain.reconciliation.records import LocalOrder, ReconciliationRecords
from bot.domain.wallet_transactions import Direction, WalletTransaction

_REFUND_TAKES_AT_MOST = timedelta(hours=1)
_REST_TAKES_AT_MOST = timedelta(days=1)


def check_money(records: ReconciliationRecords, own: LocalOrder) -> Iterator[Finding]:
    """What moved for one of our orders, if the vendor has it and the purchase is over."""
    order, vendor_orders = own.order, records.vendor_orders(own.order)
    if not vendor_orders or order.state in UNSPENT | BEING_BOUGHT:
        return
    number = vendor_orders[0].vendor_order_id
    finding = FindingFactory(order, number)
    debits = records.transactions_for(number, Direction.DEBIT)
    if not debits:
        if order.requested_at >= records.since:
            yield finding(
                FindingKind.NO_DEBIT, f"the vendor has it as order {number}, and no wallet paid for it."
            )
        return
    if len(debits) > 1:
        sums = ", ".join(str(debit.amount) for debit in debits)
        yield finding(FindingKind.AMOUNT_DIFFERS, f"it was debited {len(debits)} times: {sums}.")
    elif debits[0].amount not in _payable(order, debits[0]):
        expected = order.expected_debit or order.charge
        yield finding(
            FindingKind.AMOUNT_DIFFERS, f"{debits[0].amount} was debited, and {expected} was expected."
        )
    yield from _check_refund(records, finding, own.codes_held)


def _payable(order: Order, debit: WalletTransaction) -> set[Money]:
    """The amounts that explain a debit: as quoted right before buying; abroad, at the statement's own rate.

    Quotes and statements name the two currencies of a rate the other way round, so either direction counts.
    """
    amounts = {order.expected_debit or order.charge}
    net = order.expected_net or order.face_value - order.discount
    currency = debit.amount.currency
    if net.currency != currency and debit.forex_rate:
        fee = order.fee.amount if order.fee and order.fee.currency == currency else Decimal(0)
        for abroad in (net.amount * debit.forex_rate, net.amount / debit.forex_rate):
            amounts.add(Money(rounded(abroad, currency) + fee, currency))
    return amounts


def _check_refund(
    records: ReconciliationRecords, finding: FindingFactory, codes_held: int
) -> Iterator[Finding]:
    order, number = finding.order, finding.number or ""
    paid, back = records.total(number, Direction.DEBIT), records.total(number, Direction.CREDIT)
    if paid is None or (back is not None and back.currency != paid.currency):
        return
    quantity = order.terms.line.units
    missing = max(0, quantity - codes_held)
    due, patience, slack = _owed(order, paid, missing)
    gap = Money(rounded(due, paid.currency) - (back.amount if back else 0), paid.currency)
    if gap.amount > slack and records.age(order) > patience:
        yield finding(
            FindingKind.REFUND_MISSING,
            f"it is {state_text(order)}, {missing} of {quantity} cards never came, and {gap} of {paid} "
            "did not come back.",
        )
    elif -gap.amount > slack:
        yield finding(
            FindingKind.UNEXPECTED_CREDIT,
            f"{back} came back, though it is {state_text(order)} with {codes_held} of {quantity} cards here.",
        )


def _owed(order: Order, paid: Money, missing: int) -> tuple[Decimal, timedelta, Decimal]:
    """What the vendor owes us of it, how long that may take, and what rounding may make of it."""
    if order.state in RETURNING:
        return paid.amount, _REFUND_TAKES_AT_MOST, Decimal(0)
    # Which share of which rounded figure comes back is not documented: one minor unit is let pass.
    share, one = paid.amount * missing / order.terms.line.units, Decimal(1).scaleb(-precision(paid.currency))
    if order.state is OrderState.PARTIALLY_DELIVERED:
        return share, _REST_TAKES_AT_MOST, one
    if order.state is OrderState.RESOLVED:
        return share, timedelta.max, one  # two people said that it is dealt with; it may have come as codes
    return Decimal(0), timedelta(), Decimal(0)
