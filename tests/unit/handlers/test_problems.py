"""Why an order is where it is, in the words of people."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.money import Money
from bot.domain.problems import JSON, Problem, ProblemCode
from bot.services.problem_text import problem_line, problem_text
from tests.unit.handlers.order_factories import an_order

# These parameters choose between sentences, or are more than a word.
EXAMPLES: dict[str, JSON] = {"funds": False, "children": [], "reason": "too_few", "parameters": {}}


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def with_example_parameters(code: ProblemCode) -> Problem:
    return Problem(code, {name: EXAMPLES.get(name, f"<{name}>") for name in code.parameters})


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_is_a_sentence_that_shows_all_of_its_parameters(code):
    text = problem_text(with_example_parameters(code))

    assert "{" not in text
    for name in set(code.parameters) - set(EXAMPLES):
        assert f"<{name}>" in text


@pytest.mark.parametrize("code", [code for code in ProblemCode if "children" not in code.parameters])
def test_every_problem_has_words_of_its_own(code):
    others = {problem_text(with_example_parameters(other)) for other in ProblemCode if other is not code}

    # A decline and a resolution are told in the words of whoever wrote the note.
    assert problem_text(with_example_parameters(code)) not in others - {"<note>"}


def test_a_refusal_for_want_of_funds_says_what_to_do_instead_of_quoting_the_vendor():
    refusal = Problem(ProblemCode.REFUSED_BY_VENDOR, {"why": "E1402", "funds": True})

    assert problem_text(refusal) == "The wallet cannot cover it. Have it topped up, then ask again."


def test_a_denial_is_told_in_the_words_of_its_rule_and_by_its_code_when_the_rule_is_gone():
    denial: dict[str, JSON] = {"reason": "too_many", "parameters": {"limit": 5}}
    assert problem_text(Problem(ProblemCode.DENIED_BY_POLICY, denial)) == (
        "Not bought: At most 5 cards per order here."
    )
    of_a_rule_that_is_gone: dict[str, JSON] = {"reason": "full_moon", "parameters": {}}
    assert "full_moon" in problem_text(Problem(ProblemCode.DENIED_BY_POLICY, of_a_rule_that_is_gone))


def test_an_order_that_fell_short_names_each_child_that_did_and_why():
    problem = Problem(
        ProblemCode.CHILDREN_FELL_SHORT,
        {
            "children": [
                {
                    "reference": "GC-261121-7K3MQ9VX-2",
                    "units": 100,
                    "state": "refused",
                    "problem": {
                        "code": "refused_by_vendor",
                        "parameters": {"why": "Sold out.", "funds": False},
                    },
                },
                {"reference": "GC-261121-7K3MQ9VX-3", "units": 7, "state": "not_bought", "problem": None},
            ]
        },
    )

    assert problem_text(problem) == (
        "GC-261121-7K3MQ9VX-2 (100 cards) is refused: The vendor refused it: Sold out. "
        "GC-261121-7K3MQ9VX-3 (7 cards) is not bought."
    )


def test_words_from_outside_are_quoted_and_never_read_as_a_template():
    quoted = Problem(ProblemCode.NOT_BOUGHT_YET, {"why": "{limit} {0}"})

    assert problem_text(quoted) == "Not bought yet: {limit} {0} It is tried again by itself."


def test_an_order_without_a_problem_has_no_line():
    assert problem_line(an_order(problem=None)) is None


def test_another_charge_than_was_quoted_is_told_before_anything_else():
    cancelled = Problem(ProblemCode.CANCELLED)
    order = an_order(problem=cancelled, expected_debit=usd("48.50"), charged=usd("49.00"))

    mismatch = "The vendor charged USD 49.00, and USD 48.50 was quoted right before."
    assert problem_line(order) == f"{mismatch} The vendor cancelled it."
    assert problem_line(replace(order, problem=None)) == mismatch


@pytest.mark.parametrize(("quoted", "charged"), [("48.50", "48.50"), ("48.50", None), (None, "48.50")])
def test_a_charge_as_quoted_is_no_problem(quoted, charged):
    order = an_order(expected_debit=quoted and usd(quoted), charged=charged and usd(charged))

    assert problem_line(order) is None
