"""Nothing waits in silence: who takes an order further, and when the channel hears of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.orders import FINAL, MOVES, OrderState
from bot.domain.oversight import OVERSIGHT, Owner, alarm_after_move, first_alarm

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
S = OrderState
BUYING = (S.APPROVED, S.PLACING, S.UNSETTLED)


def after(before, state, alarms=0, alarm_at=NOON):
    return alarm_after_move(before, state, alarms=alarms, alarm_at=alarm_at, now=NOON, next_at=None)


def test_every_unfinished_state_has_an_owner_and_an_age_at_which_it_is_shouted_about():
    assert set(OVERSIGHT) == set(OrderState) - FINAL
    assert all(line.again > timedelta() for line in OVERSIGHT.values())


def test_a_state_is_final_exactly_when_nothing_leads_out_of_it():
    assert {state for state in OrderState if not MOVES[state]} == FINAL


@given(st.sampled_from(sorted(OVERSIGHT)), st.integers(1, 50))
def test_the_same_order_is_mentioned_ever_more_rarely_but_once_a_day(state, alarms):
    gaps = [OVERSIGHT[state].gap(n) for n in (alarms, alarms + 1)]
    assert timedelta() < gaps[0] <= gaps[1] <= timedelta(days=1)
    assert OVERSIGHT[state].gap(50) == timedelta(days=1)


def test_approvers_are_reminded_well_before_a_request_expires():
    assert first_alarm(S.WAITING, NOON, NOON + timedelta(hours=72)) == NOON + timedelta(hours=4)
    assert first_alarm(S.WAITING, NOON, NOON + timedelta(hours=1)) == NOON + timedelta(minutes=30)


def test_missing_codes_are_shouted_about_at_once():
    assert OVERSIGHT[S.CODES_MISSING].owner is Owner.PEOPLE
    assert after(S.PLACED, S.CODES_MISSING) == (0, NOON)


@pytest.mark.parametrize("state", sorted(FINAL))
def test_what_is_finished_is_never_shouted_about(state):
    assert after(S.PLACING, state, alarms=3) == (0, None)


@given(st.lists(st.sampled_from(BUYING), min_size=1), st.data())
def test_going_round_while_the_vendor_is_in_trouble_does_not_put_the_alarm_off(states, data):
    now, before, alarm_at, alarms = NOON, S.APPROVED, first_alarm(S.APPROVED, NOON, None), 0
    for state in states:
        now += timedelta(seconds=data.draw(st.integers(0, 50)))
        earlier = alarm_at
        alarms, alarm_at = alarm_after_move(
            before, state, alarms=alarms, alarm_at=alarm_at, now=now, next_at=None
        )
        assert alarm_at and earlier and alarm_at <= earlier
        before = state


def test_what_was_shouted_about_is_not_shouted_about_again_because_it_went_round():
    later = NOON + timedelta(hours=2)
    assert after(S.UNSETTLED, S.PLACING, alarms=2, alarm_at=later) == (2, later)


def test_progress_starts_the_clock_anew():
    assert after(S.UNSETTLED, S.PLACED, alarms=2) == (0, NOON + OVERSIGHT[S.PLACED].first)
