"""Which facts of the vendor's contract tests cover; run as a module it writes them into the page."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "octopus-contract.md"
_ROW = re.compile(r"^\| (?P<fact>G?[0-9][0-9.]*[a-z]?) \|.*?(?P<counts>\| \d+ \| \d+ \|)$", re.MULTILINE)


def facts(page: str) -> list[str]:
    """Their ids, in the order in which they are listed; those that begin with G are gaps."""
    return [row["fact"] for row in _ROW.finditer(page)]


def marks() -> Iterator[tuple[str, bool]]:
    """Each fact a test says it covers, and whether it is a test of the stand-in."""
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for fact in _covered_by(node):
                    yield fact, "octopus_sandbox" in path.parts


def counted(page: str) -> str:
    """The page with its numbers as they are."""
    of_stand_in, of_client = Counter[str](), Counter[str]()
    for fact, on_stand_in in marks():
        (of_stand_in if on_stand_in else of_client)[fact] += 1

    def row(match: re.Match[str]) -> str:
        fact = match["fact"]
        numbers = f"| {of_stand_in[fact]} | {of_client[fact]} |"
        return match[0].removesuffix(match["counts"]) + numbers

    listed = facts(page)
    words = [_summary("facts", [f for f in listed if f[0] != "G"], of_stand_in, of_client)]
    words.append(_summary("gaps", [f for f in listed if f[0] == "G"], of_stand_in, of_client))
    page = re.sub(r"^\*\*Counted:\*\*.*$", f"**Counted:** {' '.join(words)}", page, flags=re.MULTILINE)
    return _ROW.sub(row, page)


def _summary(what: str, listed: list[str], of_stand_in: Counter[str], of_client: Counter[str]) -> str:
    one, other = set(listed) & set(of_stand_in), set(listed) & set(of_client)
    return (
        f"{len(listed)} {what}, {len(one | other)} of them covered: {len(one)} on the stand-in's side, "
        f"{len(other)} on the client's, {len(one & other)} on both."
    )


def _covered_by(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.contract":
            for argument in decorator.args:
                assert isinstance(argument, ast.Constant), f"{function.name} names its facts in plain text"
                yield str(argument.value)


if __name__ == "__main__":
    PAGE.write_text(counted(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
