from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.catalogue import Denomination, InvalidDenomination, Product
from bot.domain.money import Money
from bot.domain.quotes import Quote, charge_moved
from bot.kinds.gift_card import Voucher
from tests.support.terms import gift_card_terms

CARD = Product(
    vendor="octopus",
    product_id="8101",
    name="Nimbus Play Card",
    category="Gaming",
    country="DEU",
    currency="EUR",
    denominations=(
        Denomination(Decimal(20), Decimal(20), Decimal(4)),
        Denomination(Decimal(25), Decimal(150), Decimal("2.5")),
    ),
)
QUOTE = Quote(
    terms=gift_card_terms("octopus", "8101", Money(Decimal(20), "EUR"), 3, "32"),
    discount=Money(Decimal("2.40"), "EUR"),
    discount_percent=Decimal(4),
    charge=Money(Decimal("62.21"), "USD"),
    forex_rate=Decimal("1.08"),
    fee=None,
    tax=None,
    max_quantity=250,
    wallet_balance=Money(Decimal("62.21"), "USD"),
    quoted_at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
)


@pytest.mark.parametrize("amount", ["20", "20.00", "25", "99.99", "150"])
def test_offered_face_values_are_taken(amount):
    assert CARD.denomination(Decimal(amount)) == Decimal(amount)


@pytest.mark.parametrize("amount", ["19.99", "21", "150.01", "0.01"])
def test_other_face_values_are_refused_with_those_that_are_sold(amount):
    with pytest.raises(InvalidDenomination, match="EUR 20, 25–150"):
        CARD.denomination(Decimal(amount))


def test_a_face_value_has_no_more_decimals_than_its_currency():
    with pytest.raises(InvalidDenomination, match="EUR has 2 decimals"):
        CARD.denomination(Decimal("25.001"))
    yen = replace(
        CARD, currency="JPY", denominations=(Denomination(Decimal(500), Decimal(9000), Decimal(0)),)
    )
    with pytest.raises(InvalidDenomination, match="JPY has 0 decimals"):
        yen.denomination(Decimal("500.5"))


@pytest.mark.parametrize(
    ("amount", "estimated_cost"), [("20", "19.20"), ("25", "24.38"), ("33.33", "32.50"), ("150", "146.25")]
)
def test_the_catalogue_says_what_a_card_costs_about(amount, estimated_cost):
    assert CARD.estimated_cost(Decimal(amount)) == Money(Decimal(estimated_cost), "EUR")


def test_a_fixed_face_value_counts_before_a_range_and_a_surcharge_is_none_the_less_a_charge():
    both = (
        Denomination(Decimal(5), Decimal(50), Decimal(0)),
        Denomination(Decimal(20), Decimal(20), Decimal("-2.5")),
    )
    assert replace(CARD, denominations=both).estimated_cost(Decimal(20)) == Money(Decimal("20.50"), "EUR")


def test_yen_have_no_decimals_in_an_estimate_either():
    yen = replace(
        CARD, currency="JPY", denominations=(Denomination(Decimal(500), Decimal(500), Decimal("2.5")),)
    )
    assert yen.estimated_cost(Decimal(500)) == Money(Decimal(488), "JPY")


def test_a_quote_knows_what_is_left_and_whether_it_is_enough():
    assert QUOTE.balance_after == Money(Decimal("0.00"), "USD")
    assert QUOTE.affordable
    assert not replace(QUOTE, wallet_balance=Money(Decimal("62.20"), "USD")).affordable


def test_a_quote_lives_five_minutes():
    assert QUOTE.expires_at - QUOTE.quoted_at == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("now", "moved"), [("62.21", False), ("62.83", False), ("62.84", True), ("50.00", False)]
)
def test_a_charge_may_rise_by_the_tolerance_and_fall_by_anything(now, moved):
    approved = Money(Decimal("62.21"), "USD")
    assert charge_moved(approved, Money(Decimal(now), "USD"), Decimal(1)) is moved


def test_another_currency_is_always_another_price():
    assert charge_moved(Money(Decimal(1000), "EUR"), Money(Decimal(5), "USD"), Decimal(50))


@pytest.mark.parametrize(
    ("voucher", "clear"),
    [
        (Voucher(card_number="NMB-1A2B-3C4D", pin_code="7741"), True),
        (Voucher(claim_url="https://claim.example/abc"), True),
        (Voucher(card_number="*********3C4D"), False),
        (Voucher(card_number="XXXX-XXXX-3C4D"), False),
        (Voucher(card_number="NMB-1A2B-3C4D", pin_code="****"), False),
        (Voucher(card_number="ABXX-1234"), True),
        (Voucher(), False),
        (Voucher(voucher_reference_number="NB-1"), False),
    ],
)
def test_a_voucher_is_clear_when_something_is_there_and_nothing_is_masked(voucher, clear):
    assert voucher.is_clear is clear


def test_a_voucher_never_shows_its_secrets_when_printed():
    shown = repr(Voucher(card_number="NMB-1A2B", pin_code="7741", claim_url="https://claim.example/abc"))
    assert "NMB" not in shown
    assert "7741" not in shown
    assert "claim.example" not in shown
