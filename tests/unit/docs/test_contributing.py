"""CONTRIBUTING.md shows the code as it is: its files, functions and rooms exist."""

import re
import tomllib
from pathlib import Path

from tests.support.every import assert_every

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
TOP_LEVEL = {path.name for path in ROOT.iterdir()}


def test_every_path_it_names_exists() -> None:
    quoted = re.findall(r"`([\w./-]+)`", TEXT)
    paths = [name for name in quoted if name.split("/")[0] in TOP_LEVEL]

    assert len(paths) > 30
    assert_every(paths, lambda name: (ROOT / name).exists())


def test_every_function_and_table_it_names_is_in_that_file() -> None:
    functions = re.findall(r"`([\w/]+\.py)` `(\w+)`", TEXT)
    tables = [(path, name) for name, path in re.findall(r"`(\w+)` (?:of|and[\w ]* in) `([\w/]+\.py)`", TEXT)]

    assert len(functions) > 10
    assert_every(
        [*functions, *tables],
        lambda each: re.search(
            rf"\b(def|class) {each[1]}\b|^{each[1]}\b", (ROOT / each[0]).read_text(), re.M
        ),
    )


def test_the_picture_shows_every_layer() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    rooms = {room.strip(" ()") for layer in contracts[0]["layers"] for room in layer.split("|")}
    shown = {name.removesuffix(".py").replace("/", ".") for name in re.findall(r"<b>(.*?)</b>", TEXT)}

    assert_every(rooms - {"bot.__main__"}, lambda room: room in shown)
