"""Which order a purchase without an answer became, by what the account shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.attribution import (
    AccountSnapshot,
    Attributed,
    Attribution,
    Candidate,
    Inconclusive,
    NotCreated,
    Unpaid,
    attribute,
)
from bot.domain.money import Money

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
EXPECTED = Decimal("38.70")
BEFORE = AccountSnapshot(frozenset({"1", "2"}), Money(Decimal("100.00"), "USD"), Money(EXPECTED, "USD"), NOON)


def usd(amount: str | Decimal) -> Money:
    return Money(Decimal(amount), "USD")


def candidate(
    number: str = "9", charge: str | None = "38.70", cards: int = 2, at: datetime | None = NOON
) -> Candidate:
    return Candidate(number, None if charge is None else usd(charge), cards, at)


def verdict(*candidates: Candidate, balance: str = "61.30") -> Attribution:
    return attribute(BEFORE, candidates, usd(balance), quantity=2, now=NOON + timedelta(minutes=1))


def test_one_new_order_at_the_expected_charge_is_ours():
    assert verdict(candidate()) == Attributed("9")


def test_a_late_one_shows_fewer_cards_and_is_ours_all_the_same():
    assert verdict(candidate(cards=0)) == Attributed("9")


def test_a_price_that_moved_is_taken_when_the_balance_confirms_it():
    assert verdict(candidate(charge="39.50"), balance="60.50") == Attributed("9")
    assert isinstance(verdict(candidate(charge="39.50"), balance="61.30"), Inconclusive)


def test_at_the_expected_charge_a_top_up_meanwhile_does_not_matter():
    assert verdict(candidate(), balance="561.30") == Attributed("9")


@pytest.mark.parametrize(
    "other",
    [
        candidate(charge="90.00"),
        candidate(charge="3.87"),
        candidate(cards=3),
        candidate(at=NOON - timedelta(hours=2)),
        candidate(at=NOON + timedelta(hours=2)),
        Candidate("9", Money(Decimal("38.70"), "EUR"), 2, NOON),
    ],
    ids=["dearer", "cheaper", "more cards", "long before", "later than now", "other currency"],
)
def test_an_order_that_does_not_fit_is_not_ours(other: Candidate):
    assert not isinstance(verdict(other), Attributed)


def test_without_a_new_order_and_with_the_balance_as_it_was_there_is_none():
    assert verdict(balance="100.00") == NotCreated()


def anothers(number: str, charge: str) -> Candidate:
    return replace(candidate(number, charge), is_another=True)


def test_what_surely_others_bought_explains_the_balance():
    others = anothers("7", "50.00"), candidate("8", "5.00", cards=3)
    assert verdict(*others, balance="45.00") == NotCreated()
    assert verdict(candidate(), *others, balance="6.30") == Attributed("9")


def test_another_product_at_the_same_charge_is_not_ours():
    assert verdict(anothers("9", "38.70"), balance="61.30") == NotCreated()


@pytest.mark.parametrize(
    "odd",
    [
        candidate(charge="19.35", cards=1),
        candidate(charge="54.18"),
        candidate(at=NOON - timedelta(hours=2)),
    ],
    ids=["filled in part", "a price that leapt", "a wrong clock"],
)
def test_an_order_that_may_be_ours_after_all_is_for_people_though_it_explains_the_balance(odd: Candidate):
    assert odd.charge is not None
    unclear = verdict(odd, balance=str(100 - odd.charge.amount))
    assert isinstance(unclear, Inconclusive)
    assert "9 (" in unclear.why


def test_money_that_left_for_no_listed_order_is_for_people():
    unclear = verdict(balance="61.30")
    assert isinstance(unclear, Inconclusive)
    assert "USD 38.70 left the account" in unclear.why


def test_money_that_came_in_may_hide_a_charge():
    unclear = verdict(balance="150.00")
    assert isinstance(unclear, Inconclusive)
    assert "USD 50.00 came into the account" in unclear.why


def test_cards_that_cost_the_account_nothing_are_not_what_we_paid_for():
    assert isinstance(verdict(candidate(), balance="100.00"), Inconclusive)
    without_cards = verdict(candidate(cards=0), balance="100.00")  # it may be debited with its cards
    assert without_cards == Unpaid("9")


def test_more_money_that_left_than_explains_it_hides_another_purchase():
    assert isinstance(verdict(candidate(), balance="22.60"), Inconclusive)


def test_a_finished_order_of_fewer_cards_is_ours_only_at_exactly_our_charge():
    short = Candidate("9", usd("38.70"), 1, NOON, is_complete=True)
    other = Candidate("9", usd("40.00"), 1, NOON, is_complete=True)
    assert verdict(short) == Attributed("9")
    assert isinstance(verdict(other, balance="60.00"), Inconclusive)


def test_several_that_fit_are_for_people_even_when_the_balance_fits_one():
    unclear = verdict(candidate("9"), candidate("10"))
    assert isinstance(unclear, Inconclusive)
    assert "9" in unclear.why
    assert "10" in unclear.why


def test_an_order_that_does_not_say_what_it_cost_is_not_taken_on_trust():
    assert isinstance(verdict(candidate(charge=None)), Inconclusive)


CENTS = st.integers(-10_000, 10_000).map(lambda cents: Decimal(cents) / 100)
CANDIDATES = st.builds(
    Candidate,
    st.integers(3, 99).map(str),
    st.none() | st.integers(1, 10_000).map(lambda cents: usd(Decimal(cents) / 100)),
    st.integers(0, 3),
    st.none() | st.integers(-90, 90).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(CANDIDATES, max_size=4, unique_by=lambda each: each.vendor_order_id), CENTS)
def test_none_is_believed_only_when_every_cent_that_moved_is_explained_by_orders_that_are_not_ours(
    candidates: list[Candidate], balance: Decimal
):
    said = verdict(*candidates, balance=str(balance))

    if said == NotCreated():
        charges = [each.charge.amount for each in candidates if each.charge]
        assert len(charges) == len(candidates)
        assert balance + sum(charges) == BEFORE.balance.amount
        assert {each.is_another or each.cards > 2 for each in candidates} <= {True}
    if isinstance(said, Attributed):
        (ours,) = [each for each in candidates if each.vendor_order_id == said.vendor_order_id]
        assert ours.charge is not None
        spent = BEFORE.balance.amount - balance
        assert ours.charge == usd(EXPECTED) or spent == sum(
            each.charge.amount for each in candidates if each.charge
        )
