import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.money import Money
from bot.domain.orders import TRANSITIONS, Order, OrderId, can_transition, new_client_reference
from bot.domain.people import PersonId
from bot.domain.quotes import Terms
from tests.support.every import assert_every

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ORDER = Order(
    id=OrderId(1),
    client_reference="GC-261121-7K3MQ9VX",
    state=OrderState.PENDING_APPROVAL,
    requester=PersonId("T1", "U0AGENT"),
    terms=Terms("octopus", "8101", Money(Decimal("20.00"), "EUR"), 3, "31"),
    product_name="Nimbus Play Card",
    country="DEU",
    discount=Money(Decimal("2.40"), "EUR"),
    forex_rate=None,
    fee=None,
    charge=Money(Decimal("57.60"), "EUR"),
    balance_after=Money(Decimal("1000.00"), "EUR"),
    reason="parcel lost twice",
    ticket_url="https://tickets.example.com/1",
    recipient_email=None,
    requested_at=NOW,
    state_since=NOW,
)


def test_every_state_has_its_line_in_the_table_of_moves():
    assert set(TRANSITIONS) == set(OrderState)


def test_what_has_been_decided_against_can_never_be_bought():
    for state in (OrderState.DECLINED, OrderState.WITHDRAWN, OrderState.EXPIRED, OrderState.REFUSED):
        assert not TRANSITIONS[state]


def test_money_moves_only_out_of_placing_and_placing_only_follows_an_approval_or_an_unknown_outcome():
    bought = {
        OrderState.PURCHASED,
        OrderState.DELIVERED,
        OrderState.PARTIALLY_DELIVERED,
        OrderState.CODES_UNAVAILABLE,
    }
    leads_to_bought = {s for s in OrderState if TRANSITIONS[s] & bought} - bought - {OrderState.SPLIT}
    assert leads_to_bought == {OrderState.SUBMITTING, OrderState.OUTCOME_UNKNOWN}
    assert {s for s in OrderState if can_transition(s, OrderState.SUBMITTING)} == {
        OrderState.APPROVED,
        OrderState.OUTCOME_UNKNOWN,
    }


def test_what_is_paid_never_becomes_buyable_again():
    paid = {
        OrderState.PURCHASED,
        OrderState.PARTIALLY_DELIVERED,
        OrderState.CODES_UNAVAILABLE,
        OrderState.DELIVERED,
        OrderState.RESOLVED,
    }
    reachable, frontier = set(paid), set(paid)
    while frontier:
        frontier = {after for state in frontier for after in TRANSITIONS[state]} - reachable
        reachable |= frontier
    assert not reachable & {
        OrderState.APPROVED,
        OrderState.SUBMITTING,
        OrderState.PENDING_APPROVAL,
        OrderState.OUTCOME_UNKNOWN,
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"charge": Money(Decimal("57.61"), "EUR")},
        {"charge": Money(Decimal("57.60"), "USD")},
        {"recipient_email": "a@example.com"},
        {"reason": "another reason"},
        {"ticket_url": None},
        {"terms": replace(ORDER.terms, quantity=4)},
        {"terms": replace(ORDER.terms, wallet_id="32")},
        {"terms": replace(ORDER.terms, product_id="8102")},
        {"terms": replace(ORDER.terms, denomination=Money(Decimal(25), "EUR"))},
    ],
)
def test_an_approval_covers_no_other_terms(changed):
    assert replace(ORDER, **changed).digest != ORDER.digest


def test_the_same_amount_written_otherwise_is_the_same_terms():
    assert replace(ORDER, charge=Money(Decimal("57.6"), "EUR")).digest == ORDER.digest


def test_progress_of_the_order_does_not_change_its_terms():
    assert replace(ORDER, state=OrderState.SUBMITTING, attempts=3, problem="x").digest == ORDER.digest


def test_references_are_printable_short_and_do_not_repeat():
    references = {new_client_reference(NOW) for _ in range(2000)}
    assert len(references) == 2000
    assert_every(references, lambda reference: re.fullmatch(r"GC-261121-[!-~]{8}", reference))


def test_people_close_what_nobody_can_find_out_and_what_is_paid_only_as_paid():
    assert {s for s in OrderState if can_transition(s, OrderState.NOT_BOUGHT)} == {OrderState.OUTCOME_UNKNOWN}
    assert {s for s in OrderState if can_transition(s, OrderState.RESOLVED)} == {
        OrderState.OUTCOME_UNKNOWN,
        OrderState.PURCHASED,
        OrderState.PARTIALLY_DELIVERED,
        OrderState.CODES_UNAVAILABLE,
    }
