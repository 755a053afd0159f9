"""What people read about the states of an order."""

import pytest

from bot.domain.lifecycle import NEVER_BOUGHT, OPEN, RESOLUTIONS, OrderState
from handlers.views.states import STATE_TEXTS, outcome_label, why_no_codes
from tests.unit.handlers.order_factories import an_order

EXPLAINED = (OrderState.PENDING_APPROVAL, OrderState.CODES_UNAVAILABLE)


def test_every_state_has_a_label_of_its_own():
    assert STATE_TEXTS.keys() == set(OrderState)
    assert len({text.label for text in STATE_TEXTS.values()}) == len(OrderState)


@pytest.mark.parametrize("state", sorted(OPEN - set(EXPLAINED)))
def test_an_order_that_goes_on_by_itself_promises_its_codes(state):
    assert "You get a message here the moment its codes arrive." in why_no_codes(an_order(state=state))


@pytest.mark.parametrize("state", sorted(NEVER_BOUGHT))
def test_an_order_that_was_never_bought_has_no_codes(state):
    assert why_no_codes(an_order(state=state)) == "GC-261121-7K3MQ9VX was not bought, so there are no codes."


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (OrderState.PENDING_APPROVAL, "still waits for approval"),
        (OrderState.CODES_UNAVAILABLE, "is paid, but the vendor shows us no readable codes"),
        (OrderState.PARTIALLY_FULFILLED, "`/giftcard status GC-261121-7K3MQ9VX` says why"),
        (OrderState.RESOLVED, "`/giftcard status GC-261121-7K3MQ9VX` shows their note"),
    ],
)
def test_an_order_that_needs_more_words_has_them(state, says):
    assert says in why_no_codes(an_order(state=state))


def test_approvers_choose_between_outcomes_in_sentences():
    outcomes = {outcome for outcomes in RESOLUTIONS.values() for outcome in outcomes}

    assert len({outcome_label(outcome) for outcome in outcomes}) == len(outcomes) > 1
    for outcome in outcomes:
        assert outcome_label(outcome).endswith("Close it.")
