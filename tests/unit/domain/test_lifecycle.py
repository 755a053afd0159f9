"""The table of states and the table of transitions: what can happen to an order, and what never can."""

import pytest

from bot.domain.lifecycle import (
    BEGINNINGS,
    FINAL,
    KEEP_PROBLEM,
    NEVER_BOUGHT,
    RESOLUTIONS,
    STATES,
    TRANSITIONS,
    Cause,
    ForbiddenTransition,
    MoneyFact,
    Next,
    OrderState,
    transition,
)
from tests.support.every import assert_none

S = OrderState
MOVES = {(state, row.to) for (state, _), row in TRANSITIONS.items() if row.to is not state}
PROOF_THAT_NOTHING_WAS_BOUGHT = {
    Cause.NOT_SENT,
    Cause.ACCESS_DENIED,
    Cause.REFUSED,
    Cause.PROVEN_NOT_SENT,
    Cause.PROVEN_NOT_CREATED,
    Cause.RESOLVED_NOT_BOUGHT,
}


def reachable_from(*states):
    """Every state that an order in one of these can still come into, themselves included."""
    reached, frontier = set(states), set(states)
    while frontier:
        frontier = {to for before, to in MOVES if before in frontier} - reached
        reached |= frontier
    return reached


def money(state):
    return STATES[state].money


def test_every_state_can_be_come_into():
    assert reachable_from(*(row.to for row in BEGINNINGS.values())) == set(OrderState)


def test_an_order_is_over_exactly_when_nothing_leads_out_of_its_state():
    assert set(OrderState) - {before for before, _ in MOVES} == FINAL


def test_an_order_that_is_not_over_waits_for_somebody_and_is_looked_at_again():
    assert {state for state, info in STATES.items() if info.waits_for and info.step} == set(
        OrderState
    ) - FINAL


def test_an_order_that_ends_is_never_looked_at_again():
    ends = {row.next for row in TRANSITIONS.values() if row.to in FINAL} - {Next.KEEP}
    assert ends == {Next.NEVER}


def test_what_ended_unbought_is_never_bought():
    assert reachable_from(*NEVER_BOUGHT) == NEVER_BOUGHT


def test_money_moves_only_out_of_submitting_or_is_found_spent_while_the_outcome_is_unknown():
    spends = {before for before, to in MOVES if money(to) is MoneyFact.SPENT} - {
        before for before, _ in MOVES if money(before) in (MoneyFact.SPENT, MoneyFact.IN_CHILDREN)
    }
    assert spends == {S.SUBMITTING, S.OUTCOME_UNKNOWN}
    assert {before for before, to in MOVES if to is S.SUBMITTING} == {S.APPROVED, S.OUTCOME_UNKNOWN}


def test_what_is_paid_never_becomes_buyable_again():
    paid = {state for state in OrderState if money(state) in (MoneyFact.SPENT, MoneyFact.RETURNING)}
    afterwards = reachable_from(*paid)
    assert paid <= afterwards
    assert not afterwards & {S.PENDING_APPROVAL, S.APPROVED, S.SUBMITTING, S.OUTCOME_UNKNOWN}


def test_what_may_be_paid_goes_back_only_by_proof():
    back = {
        cause
        for (state, cause), row in TRANSITIONS.items()
        if money(state) is MoneyFact.MAYBE_SPENT and money(row.to) is MoneyFact.UNSPENT
    }
    assert back == PROOF_THAT_NOTHING_WAS_BOUGHT


def test_a_purchase_whose_buyer_is_gone_can_only_become_unknown():
    taken_over = {
        (state, row.to) for (state, cause), row in TRANSITIONS.items() if cause is Cause.LEASE_EXPIRED
    }
    assert taken_over == {(S.SUBMITTING, S.OUTCOME_UNKNOWN)}


def test_what_changes_the_state_is_on_record():
    moves = [(key, row) for key, row in TRANSITIONS.items() if row.to is not key[0]]
    assert len(moves) > len(OrderState)
    assert_none(moves, lambda move: move[1].action is None)


def test_an_order_that_ends_or_goes_back_tells_its_requester():
    silent = {
        (state, cause)
        for (state, cause), row in TRANSITIONS.items()
        if row.to is not state and row.to in FINAL | {S.PENDING_APPROVAL} and row.tell is None
    }
    assert silent == set()


def test_an_order_that_is_delivered_has_no_problem_any_more():
    rows = [row for row in TRANSITIONS.values() if row.to is S.DELIVERED and row.action is not None]
    assert {row.problem for row in rows if row.problem is not KEEP_PROBLEM} == {None}


def test_people_may_close_only_what_may_be_paid_and_only_what_is_unknown_as_not_bought():
    assert {state for state, outcomes in RESOLUTIONS.items() if S.NOT_BOUGHT in outcomes} == {
        S.OUTCOME_UNKNOWN
    }
    assert {state for state, outcomes in RESOLUTIONS.items() if S.RESOLVED in outcomes} == {
        S.OUTCOME_UNKNOWN,
        S.PURCHASED,
        S.PARTIALLY_DELIVERED,
        S.CODES_UNAVAILABLE,
    }


def test_what_the_table_does_not_list_is_refused_with_the_order_the_state_and_the_cause():
    with pytest.raises(ForbiddenTransition, match="GC-1 is delivered, where approved cannot happen"):
        transition("GC-1", S.DELIVERED, Cause.APPROVED)
