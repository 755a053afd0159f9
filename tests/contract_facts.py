"""Which facts of the vendors' contracts tests cover; run as a module it writes them into the pages."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.vendors.registry import VENDORS

TESTS = Path(__file__).parent
DOCS = TESTS.parent / "docs"
_ROW = re.compile(r"^\| (?P<fact>G?[0-9][0-9.]*[a-z]?) \|.*?(?P<counts>\| \d+ \| \d+ \|)$", re.MULTILINE)
_FIRST_VENDOR = VENDORS[0].name  # its facts are named without a vendor in front


@dataclass(frozen=True)
class Contract:
    """What a page says of one vendor. Facts whose ids begin with G are gaps."""

    vendor: str

    @property
    def page(self) -> Path:
        return DOCS / f"{self.vendor}-contract.md"

    def read(self) -> str:
        return self.page.read_text(encoding="utf-8")

    def facts(self) -> list[str]:
        """Their ids, in the order in which they are listed."""
        return [row["fact"] for row in _ROW.finditer(self.read())]

    def marks(self) -> Iterator[tuple[str, bool]]:
        """Each of this vendor's facts a test says it covers, and whether it is a test of the stand-in."""
        for path in sorted(TESTS.rglob("test_*.py")):
            for vendor, fact in _marked_in(path):
                if vendor == self.vendor:
                    yield fact, f"{self.vendor}_sandbox" in path.parts

    def counted(self) -> str:
        """The page with its numbers as they are."""
        of_stand_in, of_client = Counter[str](), Counter[str]()
        for fact, on_stand_in in self.marks():
            (of_stand_in if on_stand_in else of_client)[fact] += 1

        def row(match: re.Match[str]) -> str:
            fact = match["fact"]
            numbers = f"| {of_stand_in[fact]} | {of_client[fact]} |"
            return match[0].removesuffix(match["counts"]) + numbers

        listed = self.facts()
        words = [_summary("facts", [f for f in listed if f[0] != "G"], of_stand_in, of_client)]
        words.append(_summary("gaps", [f for f in listed if f[0] == "G"], of_stand_in, of_client))
        page = re.sub(
            r"^\*\*Counted:\*\*.*$", f"**Counted:** {' '.join(words)}", self.read(), flags=re.MULTILINE
        )
        return _ROW.sub(row, page)


CONTRACTS = {plugin.name: Contract(plugin.name) for plugin in VENDORS}


def vendors_marked() -> set[str]:
    return {vendor for path in TESTS.rglob("test_*.py") for vendor, _ in _marked_in(path)}


def _summary(what: str, listed: list[str], of_stand_in: Counter[str], of_client: Counter[str]) -> str:
    one, other = set(listed) & set(of_stand_in), set(listed) & set(of_client)
    return (
        f"{len(listed)} {what}, {len(one | other)} of them covered: {len(one)} on the stand-in's side, "
        f"{len(other)} on the client's, {len(one & other)} on both."
    )


def _marked_in(path: Path) -> Iterator[tuple[str, str]]:
    """Vendor and fact of each mark: `"6.2a"` or `"cardpluspay 2.4a"`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for text in _covered_by(node):
                vendor, _, fact = text.rpartition(" ")
                yield vendor or _FIRST_VENDOR, fact


def _covered_by(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.contract":
            for argument in decorator.args:
                assert isinstance(argument, ast.Constant), f"{function.name} names its facts in plain text"
                yield str(argument.value)


if __name__ == "__main__":
    for contract in CONTRACTS.values():
        contract.page.write_text(contract.counted(), encoding="utf-8")
