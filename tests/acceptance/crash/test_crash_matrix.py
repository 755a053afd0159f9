"""Killed with SIGKILL anywhere in a purchase, whatever the vendor does: see docs/exactly-once.md."""

import asyncio

import pytest

from tests.acceptance.crash.books import codes_in_clear, everything_at_rest, unexplained_movements
from tests.acceptance.crash.cases import Case, cases
from tests.acceptance.crash.conftest import Played

CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_restart_brings_the_order_to_the_one_truthful_state(played: Played, case: Case) -> None:
    outcome = played.outcomes[case]

    assert not outcome.went_wrong, f"{outcome.went_wrong}\n{outcome.log[-3000:]}"
    assert played.differences(outcome) == []
    assert (outcome.state, len(played.of(outcome))) == (case.leads_to, case.purchases)

    at_rest = everything_at_rest(outcome.database) + outcome.log
    assert [code for code in codes_in_clear(played.of(outcome)) if code in at_rest] == []


def test_every_cent_that_left_a_wallet_belongs_to_one_order(played: Played) -> None:
    assert unexplained_movements(played.scene.ledger(), played.at_the_vendor) == []
    references = {outcome.reference for outcome in played.outcomes.values()}
    assert {order["client_reference"] for order in played.at_the_vendor} <= references


def test_no_code_stands_in_a_message_that_stays(played: Played) -> None:
    messages = played.scene.persistent_messages()
    assert [code for code in codes_in_clear(played.at_the_vendor) if code in messages] == []


def test_codes_shown_right_before_a_kill_are_shown_again_and_that_is_on_record(played: Played) -> None:
    outcome, actions = asyncio.run(played.scene.reveal())

    assert not outcome.went_wrong, f"{outcome.went_wrong}\n{outcome.log[-3000:]}"
    assert [action for action in actions if action != "started"][-2:] == ["codes_requested", "codes_shown"]
