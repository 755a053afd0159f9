"""Half a character anywhere in a payload is no reason for anything to fail."""

import pytest
from structlog.testing import capture_logs

from bot.domain.problems import Problem, ProblemCode
from handlers.surrogates import replace_surrogates
from handlers.views.order_form_state import read_form
from tests.support.at_once import saved
from tests.support.every import assert_none
from tests.unit.handlers.test_decisions import decline_form_of, reason

HALF = "\ud83d"


def test_halves_are_replaced_however_deep_they_are():
    part = {"a": [HALF, {HALF: f"x{HALF}y", "n": 1}], "b": None}
    assert replace_surrogates(part) == {"a": ["\ufffd", {"\ufffd": "x\ufffdy", "n": 1}], "b": None}


def test_a_whole_character_stays():
    assert replace_surrogates("gift 🎁") == "gift 🎁"


async def test_a_reason_with_half_a_character_is_taken(harness):
    order = await harness.request()
    form = await decline_form_of(harness, order)
    assert await harness.people.submits(form, reason(f"no {HALF}")) == {}
    assert saved(harness.ctx).orders.get(order.id).problem == Problem(
        ProblemCode.DECLINED, {"note": "no \ufffd"}
    )


@pytest.mark.parametrize("typed", ["search", "quote", "status", "codes", "order", ""])
async def test_half_a_character_behind_a_command_is_answered_kindly(harness, typed):
    with capture_logs() as logs:
        answer = await harness.people.types(f"{typed} {HALF}x 5")
    assert "Something went wrong" not in answer.get("text", "")
    assert "error" not in {entry["log_level"] for entry in logs}


@pytest.mark.parametrize(
    "action", ["open_order_form", "show_quote", "show_details", "search_page", "teleport"]
)
async def test_half_a_character_on_a_button_is_answered_kindly(harness, action):
    with capture_logs() as logs:
        await harness.people.presses(action, f"octopus:{HALF}")
        await harness.people.presses(action, '{"text": "\\ud83d"}')
    assert "error" not in {entry["log_level"] for entry in logs}
    assert_none(harness.slack.calls, lambda call: "Something went wrong" in str(call))


@pytest.mark.parametrize("number", [10**30, 2**63, 0, -1])
def test_a_quote_no_database_can_hold_is_none(number):
    kept = f'{{"quote": {number}, "product": "octopus:\\ud83d"}}'
    form_state = read_form({"private_metadata": kept})
    assert form_state.quote_id is None and form_state.product_key == "octopus:\ufffd"
