"""A new state is one row and one label: beside its transitions, nothing else has to know it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
STATES = "bot/domain/lifecycle/states.py"
TRANSITIONS = "bot/domain/lifecycle/purchase.py"
LABELS = "handlers/views/states.py"
ROW = """
    ON_HOLD = (
        "on_hold",
        StateInfo(P.PURCHASE, M.UNSPENT, O.PEOPLE, Step.PURCHASE, _after(10 * _MIN, 30 * _MIN)),
    )
"""
IN_AND_OUT = """
        (S.APPROVED, Cause.NEWS): T(S.ON_HOLD, Audit.OVER_LIMIT, problem=None, next=Next.NOW),
        (S.ON_HOLD, Cause.NEWS): T(S.APPROVED, Audit.APPROVED, problem=None, next=Next.NOW),
"""
LABEL = """
    OrderState.ON_HOLD: StateText("⏸️ on hold"),
"""


def insert(path: Path, before: str, lines: str) -> None:
    text = path.read_text()
    assert text.count(before) == 1, f"{path.name} has no longer one place {before!r}"
    path.write_text(text.replace(before, lines.lstrip("\n") + before))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project with one more state, which has no label yet."""
    copy = tmp_path / "project"
    for package in ("bot", "handlers", "store"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    insert(copy / STATES, "    SUBMITTING = (", ROW)
    insert(copy / TRANSITIONS, "        (S.SUBMITTING, Cause.NOT_SENT)", IN_AND_OUT)
    return copy


def label(copy: Path) -> None:
    insert(copy / LABELS, "    OrderState.SUBMITTING: ", LABEL)


def run(copy: Path, *arguments: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a module: the packages are those of the copy, the tests are these."""
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": f"{copy}:{ROOT}"} | env,
        capture_output=True,
        text=True,
        timeout=120,
    )


def run_tests(copy: Path, *names: str) -> subprocess.CompletedProcess[str]:
    options = ["-vv", "--import-mode=append", "-p", "no:cacheprovider"]
    return run(copy, "pytest", *options, *(ROOT / "tests" / name for name in names))


def test_an_order_goes_through_it_and_everybody_knows_it(copy: Path, tmp_path: Path) -> None:
    label(copy)

    went = run(copy, "tests.integration.lifecycle.hold_an_order", tmp_path)
    assert went.returncode == 0, went.stderr
    in_the_list, on_the_card = went.stdout.splitlines()
    assert in_the_list.endswith("⏸️ on hold")
    assert on_the_card.endswith("charge USD 50.00: ⏸️ on hold.")

    listed = run(copy, "bot", "orders", "--state", "on_hold", GIFTCARD_DB=str(tmp_path / "giftcard.sqlite3"))
    assert listed.returncode == 0, listed.stderr
    assert "on_hold" in listed.stdout


def test_what_holds_for_all_states_holds_for_it(copy: Path) -> None:
    label(copy)
    tested = run_tests(copy, "unit/domain/test_lifecycle.py", "unit/handlers/test_state_texts.py")
    assert tested.returncode == 0, tested.stdout
    assert "promises_its_codes[on_hold] PASSED" in tested.stdout


def test_without_a_label_a_test_names_it(copy: Path) -> None:
    tested = run_tests(copy, "unit/handlers/test_state_texts.py")
    assert tested.returncode == 1
    assert "test_every_state_has_a_label_of_its_own" in tested.stdout
    assert "on_hold" in tested.stdout
