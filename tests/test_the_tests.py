"""What every test here promises: it cannot pass on nothing, waits for a condition, and looks from outside."""

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
SLEEPS = {
    "tests/support/waiting.py",  # between two looks at a condition
    "tests/support/scripted_server.py",  # a server that is slow on purpose
}
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
NOTHING = {"[]", "{}", "set()"}


@cache
def trees() -> dict[str, ast.Module]:
    paths = (PROJECT / "tests").rglob("*.py")
    return {str(path.relative_to(PROJECT)): ast.parse(path.read_text()) for path in paths}


def places(fits: Callable[[ast.AST], bool], *, but: frozenset[str] = frozenset()) -> list[str]:
    """`file:line` of everything in the tests that fits."""
    return [
        f"{name}:{getattr(node, 'lineno', 0)}"
        for name, tree in trees().items()
        if name not in but
        for node in ast.walk(tree)
        if fits(node)
    ]


def is_call_of(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == name


def holds_for_nothing(node: ast.AST) -> bool:
    """An assertion that `all(…)`, `not any(…)`, `not [… for …]` or `[… for …] == []`."""
    if not isinstance(node, ast.Assert):
        return False
    return any(_is_true_of_nothing(part) for part in ast.walk(node.test))


def _is_true_of_nothing(part: ast.AST) -> bool:
    if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Not):
        return is_call_of(part.operand, "any") or isinstance(part.operand, COMPREHENSIONS)
    if isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.Eq):
        return isinstance(part.left, COMPREHENSIONS) and ast.unparse(part.comparators[0]) in NOTHING
    return is_call_of(part, "all")


def sleeps(node: ast.AST) -> bool:
    """For longer than it takes to let others have their turn."""
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func).rpartition(".")[2]
    return called == "wait_for_timeout" or (called == "sleep" and ast.unparse(node.args[0]) != "0")


def reaches_into_privates(node: ast.AST) -> bool:
    """`thing._name`, `from module import _name` or `setattr(thing, "_name", …)`."""
    if isinstance(node, ast.ImportFrom):
        return any(is_private(name.name) for name in node.names)
    if isinstance(node, ast.Attribute):
        return is_private(node.attr) and ast.unparse(node.value) not in {"self", "cls"}
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("setattr", "getattr", "delattr")):
        return any(isinstance(given, ast.Constant) and is_private(given.value) for given in node.args)
    return False


def is_private(name: object) -> bool:
    return isinstance(name, str) and name.startswith("_") and not name.startswith("__")


@pytest.mark.parametrize(
    ("forbidden", "code"),
    [
        (holds_for_nothing, "assert all(card.code for card in cards)"),
        (holds_for_nothing, "assert cards and all(card.code for card in cards)"),
        (holds_for_nothing, "assert not any(card.pin for card in cards)"),
        (holds_for_nothing, "assert not [card for card in cards if card.pin]"),
        (holds_for_nothing, "assert {card for card in cards if card.pin} == set()"),
        (sleeps, "await asyncio.sleep(0.1)"),
        (sleeps, "time.sleep(seconds)"),
        (sleeps, "page.wait_for_timeout(200)"),
        (reaches_into_privates, "store._db.rows('SELECT 1')"),
        (reaches_into_privates, "from bot.workers.polling import _REST"),
        (reaches_into_privates, "monkeypatch.setattr(polling, '_REST', 0)"),
    ],
)
def test_what_is_forbidden_is_recognised(forbidden: Callable[[ast.AST], bool], code: str) -> None:
    assert any(forbidden(node) for node in ast.walk(ast.parse(code)))


def test_no_assertion_holds_because_there_is_nothing_to_look_at() -> None:
    """Use `assert_every` or `assert_none`, or compare whole lists."""
    found = places(holds_for_nothing)
    assert found == [], found


def test_no_test_waits_for_time_to_pass() -> None:
    """Use `until` or `wait_until`."""
    found = places(sleeps, but=frozenset(SLEEPS))
    assert found == [], found


def test_no_test_reaches_into_privates() -> None:
    """What is seen from outside is enough. Where a process is killed stands in crash/kill_points.py."""
    found = places(reaches_into_privates)
    assert found == [], found
