"""Nothing waits in silence: who takes an order further, and when the channel hears of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.escalation import escalation_after, first_escalation, gap
from bot.domain.lifecycle import FINAL, STATES, TRANSITIONS, OrderState, Owner
from tests.unit.domain.test_orders import ORDER

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
S = OrderState
ESCALATIONS = {state: info.escalation for state, info in STATES.items() if info.escalation is not None}
BUYING = (S.APPROVED, S.SUBMITTING, S.OUTCOME_UNKNOWN)


def after(before, state, escalations=0, escalate_at=NOON):
    order = replace(ORDER, state=before, escalations=escalations, escalate_at=escalate_at)
    return escalation_after(order, state, now=NOON, next_at=None)


def test_every_unfinished_state_has_an_owner_and_an_age_at_which_it_is_shouted_about():
    assert set(ESCALATIONS) == set(OrderState) - FINAL
    assert {state for state, info in STATES.items() if info.waits_for is not None} == set(ESCALATIONS)
    assert min(escalation.again for escalation in ESCALATIONS.values()) > timedelta()


def test_a_state_is_final_exactly_when_nothing_leads_out_of_it():
    assert (
        set(OrderState) - {state for (state, _), row in TRANSITIONS.items() if row.to is not state} == FINAL
    )


@given(st.sampled_from(sorted(ESCALATIONS)), st.integers(1, 50))
def test_the_same_order_is_mentioned_ever_more_rarely_but_once_a_day(state, escalations):
    gaps = [gap(ESCALATIONS[state], n) for n in (escalations, escalations + 1)]
    assert timedelta() < gaps[0] <= gaps[1] <= timedelta(days=1)
    assert gap(ESCALATIONS[state], 50) == timedelta(days=1)


def test_approvers_are_reminded_well_before_a_request_expires():
    assert first_escalation(S.PENDING_APPROVAL, NOON, NOON + timedelta(hours=72)) == NOON + timedelta(hours=4)
    assert first_escalation(S.PENDING_APPROVAL, NOON, NOON + timedelta(hours=1)) == NOON + timedelta(
        minutes=30
    )


def test_missing_codes_are_escalated_at_once():
    assert STATES[S.CODES_UNAVAILABLE].waits_for is Owner.PEOPLE
    assert after(S.PURCHASED, S.CODES_UNAVAILABLE) == (0, NOON)


@pytest.mark.parametrize("state", sorted(FINAL))
def test_what_is_finished_is_never_shouted_about(state):
    assert after(S.SUBMITTING, state, escalations=3) == (0, None)


@given(st.lists(st.sampled_from(BUYING), min_size=1), st.data())
def test_going_round_while_the_vendor_fails_does_not_put_the_escalation_off(states, data):
    now, before, escalate_at, escalations = NOON, S.APPROVED, first_escalation(S.APPROVED, NOON, None), 0
    for state in states:
        now += timedelta(seconds=data.draw(st.integers(0, 50)))
        earlier = escalate_at
        order = replace(ORDER, state=before, escalations=escalations, escalate_at=escalate_at)
        escalations, escalate_at = escalation_after(order, state, now=now, next_at=None)
        assert escalate_at and earlier and escalate_at <= earlier
        before = state


def test_what_was_shouted_about_is_not_shouted_about_again_because_it_went_round():
    later = NOON + timedelta(hours=2)
    assert after(S.OUTCOME_UNKNOWN, S.SUBMITTING, escalations=2, escalate_at=later) == (2, later)


def test_progress_starts_the_clock_anew():
    assert after(S.OUTCOME_UNKNOWN, S.PURCHASED, escalations=2) == (
        0,
        NOON + ESCALATIONS[S.PURCHASED].first,
    )
