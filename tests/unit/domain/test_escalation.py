"""Nothing waits in silence: who takes an order further, and when the channel hears of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.escalation import ESCALATION_RULES, Owner, escalation_after_transition, first_escalation_at
from bot.domain.lifecycle import OrderState
from bot.domain.orders import TERMINAL_STATES, TRANSITIONS
from tests.support.every import assert_every

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
S = OrderState
BUYING = (S.APPROVED, S.SUBMITTING, S.OUTCOME_UNKNOWN)


def after(before, state, escalations=0, escalate_at=NOON):
    return escalation_after_transition(
        before, state, escalations=escalations, escalate_at=escalate_at, now=NOON, next_at=None
    )


def test_every_unfinished_state_has_an_owner_and_an_age_at_which_it_is_shouted_about():
    assert set(ESCALATION_RULES) == set(OrderState) - TERMINAL_STATES
    assert_every(ESCALATION_RULES.values(), lambda line: line.again > timedelta())


def test_a_state_is_final_exactly_when_nothing_leads_out_of_it():
    assert {state for state in OrderState if not TRANSITIONS[state]} == TERMINAL_STATES


@given(st.sampled_from(sorted(ESCALATION_RULES)), st.integers(1, 50))
def test_the_same_order_is_mentioned_ever_more_rarely_but_once_a_day(state, escalations):
    gaps = [ESCALATION_RULES[state].gap(n) for n in (escalations, escalations + 1)]
    assert timedelta() < gaps[0] <= gaps[1] <= timedelta(days=1)
    assert ESCALATION_RULES[state].gap(50) == timedelta(days=1)


def test_approvers_are_reminded_well_before_a_request_expires():
    assert first_escalation_at(S.PENDING_APPROVAL, NOON, NOON + timedelta(hours=72)) == NOON + timedelta(
        hours=4
    )
    assert first_escalation_at(S.PENDING_APPROVAL, NOON, NOON + timedelta(hours=1)) == NOON + timedelta(
        minutes=30
    )


def test_missing_codes_are_shouted_about_at_once():
    assert ESCALATION_RULES[S.CODES_UNAVAILABLE].owner is Owner.PEOPLE
    assert after(S.PURCHASED, S.CODES_UNAVAILABLE) == (0, NOON)


@pytest.mark.parametrize("state", sorted(TERMINAL_STATES))
def test_what_is_finished_is_never_shouted_about(state):
    assert after(S.SUBMITTING, state, escalations=3) == (0, None)


@given(st.lists(st.sampled_from(BUYING), min_size=1), st.data())
def test_going_round_while_the_vendor_is_in_trouble_does_not_put_the_alarm_off(states, data):
    now, before, escalate_at, escalations = NOON, S.APPROVED, first_escalation_at(S.APPROVED, NOON, None), 0
    for state in states:
        now += timedelta(seconds=data.draw(st.integers(0, 50)))
        earlier = escalate_at
        escalations, escalate_at = escalation_after_transition(
            before, state, escalations=escalations, escalate_at=escalate_at, now=now, next_at=None
        )
        assert escalate_at and earlier and escalate_at <= earlier
        before = state


def test_what_was_shouted_about_is_not_shouted_about_again_because_it_went_round():
    later = NOON + timedelta(hours=2)
    assert after(S.OUTCOME_UNKNOWN, S.SUBMITTING, escalations=2, escalate_at=later) == (2, later)


def test_progress_starts_the_clock_anew():
    assert after(S.OUTCOME_UNKNOWN, S.PURCHASED, escalations=2) == (
        0,
        NOON + ESCALATION_RULES[S.PURCHASED].first,
    )
