"""The shape of the code: one way for imports, small modules, and nothing that ties it to a place."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.support.every import assert_every, assert_none

PROJECT = Path(__file__).parents[1]
LONGEST_MODULE = 300
DRAWERS = {"manager", "helper", "helpers", "util", "utils", "data", "info", "common", "misc"}
# In two halves, so that this file does not name one either.
REGISTRIES = [
    f"{name}.{ending}" for name, ending in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))
]
SECRETS = re.compile(r"xox[bp]-\d{10,}-\d{10,}-\w{20,}|-----BEGIN [A-Z ]*PRIVATE KEY-----")


def modules() -> list[Path]:
    return [path for package in ("bot", "handlers", "store") for path in (PROJECT / package).rglob("*.py")]


def committed() -> list[Path]:
    """Every committed file; in a copy without git, every file outside the folders tools make."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True)
    if listed.returncode == 0:
        found = [PROJECT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [path for path in PROJECT.rglob("*") if not {".venv", "__pycache__"}.intersection(path.parts)]
    return [path for path in found if path.is_file()]


def text_of(path: Path) -> str:
    return path.read_bytes().decode(errors="ignore")


def test_imports_go_one_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)

    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == EXIT_STATUS_SUCCESS


def test_every_room_has_its_place_among_the_layers() -> None:
    contract = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    layers = {room.strip(" ()") for layer in contract["layers"] for room in layer.split("|")}
    rooms = {
        f"bot.{path.stem}"
        for path in (PROJECT / "bot").iterdir()
        if path.suffix == ".py" or any(path.glob("*.py"))
    }

    assert contract["type"] == "layers"
    assert (rooms - {"bot.__init__"}) | {"handlers", "store"} <= layers


def test_every_module_can_be_read_in_one_sitting() -> None:
    assert_every(modules(), lambda path: len(path.read_text().splitlines()) <= LONGEST_MODULE)


def test_the_first_line_of_a_module_says_what_it_is_for() -> None:
    with_text = [path for path in modules() if path.name != "__main__.py" and path.read_text()]

    assert_every(with_text, lambda path: path.read_text().startswith('"""'))


def test_no_module_is_a_drawer() -> None:
    assert_none(modules(), lambda module: DRAWERS & {module.stem, module.parent.name})


def test_no_committed_file_names_a_package_registry() -> None:
    def names_a_registry(path: Path) -> bool:
        text = text_of(path).lower()
        return any(registry in text for registry in REGISTRIES)

    assert_none(committed(), names_a_registry)


def test_no_committed_file_holds_a_real_secret() -> None:
    assert_none(committed(), lambda path: SECRETS.search(text_of(path)))


def test_every_dependency_is_pinned_with_a_hash() -> None:
    for lock in ("requirements.txt", "requirements-dev.txt"):
        blocks = re.split(r"\n(?=\S)", (PROJECT / lock).read_text().strip())
        assert_none(blocks, lambda block: "==" not in block or "--hash=sha256:" not in block)
