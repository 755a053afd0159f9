"""Statements outside the engines are in the SQL that SQLite and PostgreSQL have in common."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import store
from tests.support.every import assert_none

ROOT = Path(store.__file__).parent
ENGINES_OWN = ("engines", "migrations")
STATEMENT = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|WHERE|ORDER BY|ON CONFLICT)\b|= \?")
NOT_SHARED = {
    "a function of SQLite's JSON": r"json_\w+\(",
    "a collation of SQLite": r"COLLATE",
    "the order of SQLite's rows": r"\browid\b",
    "IS as a comparison": r"\bIS\s+(NOT\s+)?(?!NOT\b|NULL\b|DISTINCT\b)",
    "a limit that is none": r"LIMIT\s+-",
    "a mark with a number or a name": r"\?\d|(?<![:\w]):[a-z_]+",
    "a conflict without its columns": r"ON CONFLICT(?!\s*\()|INSERT OR|REPLACE INTO",
    "an integer as a condition": r"\bNOT [a-z_.]+\b"
    r"|\b(AND|OR|WHERE) [a-z_.]+\s*(?=$|\b(AND|OR|ORDER|GROUP|LIMIT)\b|\))",
    "SQLite's own functions": r"\b(printf|ifnull|iif|group_concat|GLOB|strftime|PRAGMA|sqlite_\w+)\b",
    "a text in double quotes": r'"[^"]*"',
}


class Texts(ast.NodeVisitor):
    """Every text of a module; what an f-string fills in is `{}`."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = [str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values]
        self.found.append((node.lineno, "".join(parts)))

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.found.append((node.lineno, node.value))


def statements() -> Iterator[tuple[str, str]]:
    for path in sorted(ROOT.rglob("*.py")):
        if path.relative_to(ROOT).parts[0] not in ENGINES_OWN:
            texts = Texts()
            texts.visit(ast.parse(path.read_text()))
            yield from ((f"{path.name}:{line}", text) for line, text in texts.found if STATEMENT.search(text))


def faults(statement: str) -> list[str]:
    return [name for name, pattern in NOT_SHARED.items() if re.search(pattern, statement)]


def test_every_statement_is_one_that_both_understand() -> None:
    found = list(statements())

    assert len(found) > 50
    assert_none(found, lambda statement: faults(statement[1]))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT id FROM orders WHERE state IN (SELECT value FROM json_each(?))",
        "SELECT id FROM orders WHERE client_reference = ? COLLATE NOCASE",
        "SELECT * FROM balances ORDER BY rowid",
        "SELECT * FROM orders WHERE id IS NOT ?",
        "SELECT * FROM orders WHERE vendor_order_id IS :number",
        "SELECT * FROM audit LIMIT -1",
        "SELECT * FROM vouchers WHERE order_id = ?1",
        "INSERT INTO names VALUES (?) ON CONFLICT DO NOTHING",
        "INSERT OR REPLACE INTO names VALUES (?)",
        "SELECT * FROM products WHERE NOT gone",
        "SELECT count(*) FROM vouchers WHERE order_id = ? AND is_clear",
        "SELECT ifnull(a, 'b') FROM c WHERE d = ?",
        'SELECT a FROM b WHERE c = "d"',
    ],
)
def test_what_only_one_of_them_understands_is_noticed(statement: str) -> None:
    assert faults(statement)


def test_what_both_understand_is_let_through() -> None:
    shared = """
        INSERT INTO names (kind) VALUES (?) ON CONFLICT (kind) DO UPDATE SET kind = excluded.kind
        WHERE a IS NULL AND b IS NOT NULL AND c IS NOT DISTINCT FROM ? AND NOT EXISTS (SELECT 1 FROM d)
        AND e NOT IN (?, ?) AND lower(f) = lower(?) ORDER BY g LIMIT ? RETURNING id
    """
    assert faults(shared) == []
