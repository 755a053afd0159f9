"""The three-way reconciliation: silent when all sides agree, and right about each thing that does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.lifecycle import OrderState
from bot.domain.money import Money, rounded
from bot.domain.orders import OrderId
from bot.domain.reconciliation import FindingKind, ListedOrder, LocalOrder, reconcile
from bot.domain.wallet_transactions import Direction, WalletTransaction
from tests.support.terms import gift_card_terms
from tests.unit.domain.test_orders import ORDER

S = OrderState
BASELINE = datetime(2026, 11, 1, tzinfo=UTC)
BOUGHT_AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
EXPECTED_AT_VENDOR = (S.PURCHASED, S.PARTIALLY_DELIVERED, S.DELIVERED, S.CODES_UNAVAILABLE, S.RESOLVED)
NOTHING_BOUGHT = (S.PENDING_APPROVAL, S.APPROVED, S.DECLINED, S.WITHDRAWN, S.EXPIRED, S.REFUSED, S.NOT_BOUGHT)


def wallet_transaction(number, amount="57.60", direction=Direction.DEBIT, transaction_id=None, **parts):
    whole = {
        "vendor": "octopus",
        "transaction_id": transaction_id or f"{direction.value}-{number}",
        "wallet_id": "31",
        "amount": amount if isinstance(amount, Money) else Money(Decimal(amount), "EUR"),
        "direction": direction,
        "affects_balance": True,
        "vendor_order_id": number,
        "remarks": "",
        "at": BOUGHT_AT,
    }
    return WalletTransaction(**whole | parts)


def at_vendor(number="70001", reference=ORDER.client_reference, **parts):
    whole = ListedOrder(number, reference, "8101", Decimal(20), 3, "31", None)
    return replace(whole, **parts)


def here(state=S.DELIVERED, *, held=3, shown=True, **parts):
    order = replace(
        ORDER, state=state, state_since=BOUGHT_AT, requested_at=BOUGHT_AT, vendor_order_id="70001", **parts
    )
    return LocalOrder(order, held, shown)


def kinds(ours=(), listed=(), wallet_transactions=(), *, since=BASELINE, as_of=NOW):
    found = reconcile(list(ours), list(listed), list(wallet_transactions), since=since, as_of=as_of)
    return [finding.kind for finding in found.findings]


EXACT_BOTH_WAYS = (Decimal("0.5"), Decimal("0.8"), Decimal("1.25"), Decimal(4))
RATES = (*EXACT_BOTH_WAYS, Decimal("1.0834"), Decimal("0.9234"))
amounts = st.decimals(Decimal("0.01"), Decimal(9000), places=2)


@st.composite
def agreeing_sides(draw):
    """Orders in every state, each with exactly what it should have at the vendor and in the wallet."""
    ours, listed, wallet_transactions = [], [], []
    for n, state in enumerate(draw(st.lists(st.sampled_from(S), max_size=8)), 1):
        number, reference = str(70000 + n), f"GC-261121-ORDER{n:03}"
        quantity = draw(st.integers(1, 9))
        held = quantity if state is S.DELIVERED else draw(st.integers(0, quantity - 1))
        net, rate = draw(amounts), draw(st.none() | st.sampled_from(RATES))
        currency = "EUR" if rate is None else "USD"
        paid = Money(rounded(net * (rate or 1), currency), currency)
        terms = gift_card_terms("octopus", "8101", Money(Decimal(20), "EUR"), quantity, "31")
        order = replace(
            ORDER,
            id=OrderId(n),
            client_reference=reference,
            state=state,
            state_since=NOW - timedelta(minutes=5),
            requested_at=BOUGHT_AT,
            terms=terms,
            vendor_order_id=None if state in NOTHING_BOUGHT else number,
            expected_net=Money(net, "EUR"),
            expected_debit=paid if draw(st.booleans()) or rate is None else Money(paid.amount + 1, currency),
            forex_rate=rate,
        )
        ours.append(LocalOrder(order, held, draw(st.booleans())))
        if state in NOTHING_BOUGHT:
            continue
        shows_reference = draw(st.booleans())
        listed.append(at_vendor(number, reference if shows_reference else None, quantity=quantity))
        shown_rate = 1 / rate if rate in EXACT_BOTH_WAYS and draw(st.booleans()) else rate
        wallet_transactions.append(wallet_transaction(number, paid, forex_rate=shown_rate))
        if state in (S.FAILED, S.CANCELLED):
            wallet_transactions.append(wallet_transaction(number, paid, Direction.CREDIT))
    return ours, listed, wallet_transactions


@given(agreeing_sides(), st.randoms())
def test_what_agrees_is_silent_in_whatever_order_and_however_often_they_are_read(sides, random):
    ours, listed, wallet_transactions = sides
    listed, wallet_transactions = listed * 2, wallet_transactions * 2
    for lines in (ours, listed, wallet_transactions):
        random.shuffle(lines)
    assert reconcile(ours, listed, wallet_transactions, since=BASELINE, as_of=NOW).findings == ()


@given(agreeing_sides(), st.data())
def test_whatever_single_line_the_vendor_adds_is_noticed(sides, data):
    ours, listed, wallet_transactions = sides
    if data.draw(st.booleans()):
        listed.append(at_vendor("99999", data.draw(st.none() | st.just("SHOP-1"))))
        wanted = FindingKind.UNKNOWN_ORDER
    else:
        wallet_transactions.append(wallet_transaction(data.draw(st.none() | st.just("99999"))))
        wanted = FindingKind.UNKNOWN_DEBIT
    assert kinds(ours, listed, wallet_transactions)[0] is wanted


@given(agreeing_sides(), st.data())
def test_whatever_single_line_the_vendor_leaves_out_is_noticed(sides, data):
    ours, listed, wallet_transactions = sides
    bought = [o for o in ours if o.order.state in EXPECTED_AT_VENDOR]
    if not bought:
        return
    number = data.draw(st.sampled_from(bought)).order.vendor_order_id
    if data.draw(st.booleans()):
        listed = [each for each in listed if each.vendor_order_id != number]
        assert FindingKind.MISSING_ORDER in kinds(ours, listed, wallet_transactions)
    else:
        wallet_transactions = [m for m in wallet_transactions if m.vendor_order_id != number]
        assert FindingKind.NO_DEBIT in kinds(ours, listed, wallet_transactions)


@given(agreeing_sides(), st.data())
def test_a_debit_that_is_a_cent_off_is_noticed(sides, data):
    ours, listed, wallet_transactions = sides
    debits = [m for m in wallet_transactions if m.direction is Direction.DEBIT and m.forex_rate is None]
    settled = {o.order.vendor_order_id for o in ours if o.order.state in EXPECTED_AT_VENDOR}
    debits = [m for m in debits if m.vendor_order_id in settled]
    if not debits:
        return
    off = data.draw(st.sampled_from(debits))
    cent = Money(off.amount.amount + data.draw(st.sampled_from([Decimal("0.01"), Decimal("-0.01")])), "EUR")
    wallet_transactions = [replace(m, amount=cent) if m is off else m for m in wallet_transactions]
    assert FindingKind.AMOUNT_DIFFERS in kinds(ours, listed, wallet_transactions)


def test_an_order_nobody_asked_for_here_is_named_with_what_it_cost():
    found = reconcile(
        [], [at_vendor(reference="SHOP-1")], [wallet_transaction("70001")], since=BASELINE, as_of=NOW
    )
    (finding,) = found.findings
    assert finding.kind is FindingKind.UNKNOWN_ORDER
    assert (
        finding.message
        == "The vendor has order 70001 under SHOP-1 for EUR 57.60, which nobody asked for here."
    )


def test_what_others_did_before_the_baseline_is_left_out():
    before = BASELINE - timedelta(days=1)
    dated = at_vendor("1", "SHOP-1", at=before)
    undated, its_debit = at_vendor("2", "SHOP-2"), wallet_transaction("2", at=before)
    adjustment = wallet_transaction(None, transaction_id="a", at=before)
    assert kinds([], [dated, undated], [its_debit, adjustment]) == []


@pytest.mark.parametrize("state", NOTHING_BOUGHT)
def test_an_order_the_vendor_has_though_nothing_should_be_bought_is_noticed(state):
    assert FindingKind.NOT_APPROVED in kinds(
        [here(state, held=0)], [at_vendor()], [wallet_transaction("70001")]
    )


def test_two_orders_under_one_reference_are_noticed():
    twice = [at_vendor("70001"), at_vendor("70002")]
    assert FindingKind.BOUGHT_TWICE in kinds(
        [here()], twice, [wallet_transaction("70001"), wallet_transaction("70002")]
    )


def test_an_order_debited_twice_is_noticed():
    twice = [wallet_transaction("70001"), wallet_transaction("70001", transaction_id="again")]
    assert kinds([here()], [at_vendor()], twice)[0] is FindingKind.AMOUNT_DIFFERS


@pytest.mark.parametrize(
    "other",
    [{"product_id": "8102"}, {"denomination": Decimal(25)}, {"quantity": 4}, {"wallet_id": "32"}],
)
def test_other_terms_at_the_vendor_are_noticed_and_missing_ones_are_not(other):
    (name,) = other
    assert kinds([here()], [at_vendor(**other)], [wallet_transaction("70001")]) == [FindingKind.OTHER_TERMS]
    assert kinds([here()], [at_vendor(**{name: None})], [wallet_transaction("70001")]) == []


@pytest.mark.parametrize("state", [S.APPROVED, S.SUBMITTING, S.OUTCOME_UNKNOWN])
def test_what_was_approved_long_ago_and_is_not_bought_is_noticed(state):
    waits = here(state, held=0)
    assert kinds([waits]) == [FindingKind.NOT_BOUGHT_YET]
    assert kinds([waits], as_of=BOUGHT_AT + timedelta(minutes=59)) == []


def test_codes_nobody_looked_at_for_a_day_are_noticed():
    sides = ([here(shown=False)], [at_vendor()], [wallet_transaction("70001")])
    assert kinds(*sides) == [FindingKind.NOT_REVEALED]
    assert kinds(*sides, as_of=BOUGHT_AT + timedelta(hours=23)) == []


@pytest.mark.parametrize("state", [S.FAILED, S.CANCELLED])
def test_a_refund_that_is_not_booked_is_noticed_to_the_cent(state):
    ended, debit = here(state, held=0), wallet_transaction("70001")
    assert kinds([ended], [at_vendor()], [debit]) == [FindingKind.REFUND_MISSING]
    for back, expected in (
        ("57.59", [FindingKind.REFUND_MISSING]),
        ("57.60", []),
        ("57.61", [FindingKind.UNEXPECTED_CREDIT]),
    ):
        credit = wallet_transaction("70001", back, Direction.CREDIT)
        assert kinds([ended], [at_vendor()], [debit, credit]) == expected


def test_a_refund_may_take_an_hour_and_that_of_a_part_a_day():
    failed, debit = here(S.FAILED, held=0), wallet_transaction("70001")
    assert kinds([failed], [at_vendor()], [debit], as_of=BOUGHT_AT + timedelta(minutes=59)) == []
    part = here(S.PARTIALLY_DELIVERED, held=2)
    assert kinds([part], [at_vendor()], [debit], as_of=BOUGHT_AT + timedelta(hours=23)) == []
    assert kinds([part], [at_vendor()], [debit]) == [FindingKind.REFUND_MISSING]
    share = wallet_transaction("70001", "19.20", Direction.CREDIT)
    assert kinds([part], [at_vendor()], [debit, share]) == []


def test_booked_refunds_are_told_without_being_a_finding():
    back = wallet_transaction("70001", direction=Direction.CREDIT)
    found = reconcile(
        [here(S.FAILED, held=0)],
        [at_vendor()],
        [wallet_transaction("70001"), back],
        since=BASELINE,
        as_of=NOW,
    )
    assert found.findings == ()
    assert [(r.client_reference, str(r.amount)) for r in found.refunds] == [
        (ORDER.client_reference, "EUR 57.60")
    ]


def test_money_back_for_cards_that_are_here_is_noticed():
    back = wallet_transaction("70001", "1.00", Direction.CREDIT)
    assert kinds([here()], [at_vendor()], [wallet_transaction("70001"), back]) == [
        FindingKind.UNEXPECTED_CREDIT
    ]


def test_what_the_vendor_says_failed_did_not_move():
    assert kinds([here()], [at_vendor()], [wallet_transaction("70001", affects_balance=False)]) == [
        FindingKind.NO_DEBIT
    ]


def test_an_order_that_moved_while_the_lists_were_read_is_left_to_the_next_reconciliation():
    assert kinds([here(held=0)], as_of=BOUGHT_AT - timedelta(seconds=1)) == []


def test_the_worst_comes_first():
    found = kinds([here(shown=False)], [at_vendor(), at_vendor("5", "SHOP-1")], [wallet_transaction("70001")])
    assert found == [FindingKind.UNKNOWN_ORDER, FindingKind.NOT_REVEALED]
