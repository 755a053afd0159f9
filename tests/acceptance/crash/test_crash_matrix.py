"""Killed with SIGKILL anywhere in a purchase, whatever the vendor does: see docs/exactly-once.md."""

import asyncio

import pytest

from bot.domain.lifecycle import OrderState
from tests.acceptance.crash.cases import Case
from tests.acceptance.crash.conftest import MatrixRun
from tests.acceptance.crash.runner import run_reveal
from tests.acceptance.crash.vendor_ledger import (
    codes_of,
    codes_readable_in,
    everything_at_rest,
    unexplained_movements,
)
from tests.acceptance.crash.vendors import cardpluspay_cases, octopus_cases

CASES: list[Case] = [*octopus_cases.cases(), *cardpluspay_cases.cases()]
VENDORS = ("octopus", "cardpluspay")
UNHURT = [octopus_cases.UNHURT, cardpluspay_cases.UNHURT]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_restart_brings_the_order_to_the_one_truthful_state(played: MatrixRun, case: Case) -> None:
    outcome = played.outcomes[case]

    assert not outcome.went_wrong, f"{outcome.went_wrong}\n{outcome.log[-3000:]}"
    found = played.differences(outcome)
    assert (outcome.state, played.purchases(outcome)) == (case.leads_to, case.purchases)
    assert found.all() == []
    assert len(found.mistaken) == case.mistaken
    if case.leads_to is OrderState.OUTCOME_UNKNOWN:
        assert "attribution_inconclusive" in outcome.actions  # and a person was asked

    at_rest = everything_at_rest(outcome.approved.database) + outcome.log
    assert codes_readable_in(at_rest, played.of(outcome)) == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_cent_that_left_an_account_belongs_to_one_order(played: MatrixRun, vendor: str) -> None:
    sold = played.sold[vendor]
    assert unexplained_movements(played.environment.shops[vendor].moved(), sold) == []
    ours = {o.approved.order.client_reference for o in played.outcomes.values()}
    accounts = {o.approved.account for o in played.outcomes.values()}
    assert {s.reference for s in sold if s.reference} <= ours
    assert {s.account for s in sold} <= accounts


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_code_stands_in_a_message_that_stays(played: MatrixRun, vendor: str) -> None:
    messages, sold = played.environment.persistent_messages(), played.sold[vendor]
    assert codes_of(sold)
    assert codes_readable_in(messages, sold) == []


@pytest.mark.parametrize("unhurt", UNHURT, ids=VENDORS)
def test_codes_shown_right_before_a_kill_are_shown_again_and_that_is_on_record(
    played: MatrixRun, unhurt: Case
) -> None:
    outcome = asyncio.run(run_reveal(played.environment, unhurt))

    assert not outcome.went_wrong, f"{outcome.went_wrong}\n{outcome.log[-3000:]}"
    assert outcome.actions[-2:] == ["codes_requested", "codes_shown"]
