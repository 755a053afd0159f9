"""What every test here promises: it cannot pass on nothing, and it waits for a condition, not for time."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from tests.support.every import assert_none

PROJECT = Path(__file__).parents[1]
SLEEPS = {
    "tests/support/waiting.py",  # between two looks at a condition
    "tests/support/scripted_server.py",  # a server that is slow on purpose
}


@cache
def trees() -> dict[str, ast.Module]:
    paths = (PROJECT / "tests").rglob("*.py")
    return {str(path.relative_to(PROJECT)): ast.parse(path.read_text()) for path in paths}


def places(fits: Callable[[ast.AST], bool], *, but: frozenset[str] = frozenset()) -> list[str]:
    return [
        f"{name}:{node.lineno}"
        for name, tree in trees().items()
        if name not in but
        for node in ast.walk(tree)
        if isinstance(node, ast.expr | ast.stmt) and fits(node)
    ]


def is_call(node: ast.AST, name: str) -> bool:
    """`name(…)` or `anything.name(…)`."""
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Name) and called.id == name or isinstance(called, ast.Attribute) and called.attr == name
