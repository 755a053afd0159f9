"""Two approvers at the same instant, and one who clicks twice: one decision, one clear answer."""

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from tests.acceptance.crash.comparison import compare
from tests.acceptance.crash.environment import CrashEnvironment
from tests.acceptance.crash.vendor_ledger import rows
from tests.support.running_system import LEAD, OTHER_LEAD
from tests.support.slack_user import SlackUser, everything_said

ROUNDS = 100
REFERENCE = re.compile(r"GC-\d{6}-\w{8}")


@contextmanager
def in_one_tab(environment: CrashEnvironment, user: str) -> Iterator[SlackUser]:
    slack_user = SlackUser(environment.slack_address, user)
    try:
        yield slack_user
    finally:
        slack_user.leave()


def cards(slack_user: SlackUser, references: list[str]) -> dict[str, dict[str, Any]]:
    """The approval cards, by reference, once all of them are posted."""
    found: dict[str, dict[str, Any]] = {}

    def one_more(frame: dict[str, Any]) -> bool:
        if frame["type"] == "message":
            found.update({r: frame for r in references if r in everything_said(frame)})
        return len(found) == len(references)

    slack_user.frame(one_more, within_s=60)
    return found


def the_others_were_told(*people: SlackUser) -> set[str]:
    """References of the clicks that came second, from the answers only that person sees."""
    told: set[str] = set()
    deadline = time.monotonic() + 20
    while len(told) < ROUNDS and time.monotonic() < deadline:
        for slack_user in people:
            slack_user.latest_view({"id": ""})  # takes in what has come
            said = (everything_said(f) for f in slack_user.frames if f["type"].startswith("ephemeral"))
            for text in said:
                if "changed nothing" in text:
                    told.update(REFERENCE.findall(text))
    return told


@pytest.mark.parametrize("other", [OTHER_LEAD, LEAD], ids=["two approvers", "one who clicks twice"])
def test_a_hundred_times_there_is_one_decision_and_the_other_is_told(tmp_path, other):
    environment = CrashEnvironment(tmp_path)
    try:
        with in_one_tab(environment, LEAD) as one, in_one_tab(environment, other) as two:
            with environment.waiting(ROUNDS) as (references, database):
                seen = cards(one, references), cards(two, references)
                together = threading.Barrier(2)

                def press(slack_user: SlackUser, mine: dict[str, dict[str, Any]]) -> list[bool]:
                    answers = []
                    for reference in references:
                        together.wait(20)
                        answers.append(slack_user.press(mine[reference], "approve")["ok"])
                    return answers

                with ThreadPoolExecutor(2) as pool:
                    pressed = list(pool.map(press, (one, two), seen))
                assert pressed == [[True] * ROUNDS] * 2
                told = the_others_were_told(one, two)

            sql = "SELECT client_reference, count(*) AS n FROM audit WHERE action = 'approved' GROUP BY 1"
            assert {row["client_reference"]: row["n"] for row in rows(database, sql)} == dict.fromkeys(
                references, 1
            )
            assert told == set(references)
            differences = compare(database, environment.key, environment.octopus.sold())
            assert differences.double_purchases == []
    finally:
        environment.end()
