"""The catalogue at 50,000 products: how long a sync and a search take, and how much memory a sync needs."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from store import Keyring, Store
from store.engines.sqlite import sqlite3
from tests.benchmarks.catalogue_reader import KEY
from tests.support import disk
from tests.support.at_once import saved
from tests.support.processes import Process

ROOT = Path(__file__).parents[2]
FEW = 2_000
GAMING_USD = {"category": "Gaming", "currency": "USD"}
SEARCHES: list[tuple[str, dict[str, str], int]] = [
    # What people type: finished, unfinished, misspelt, with country and amount, and what is not there.
    *((text, {}, 0) for text in ("steam", "ste", "steam us 50", "amazon germany", "amazn", "netflix euro")),
    *((text, {}, 0) for text in ("playstation 20", "zzqx")),
    # What stands in thousands of names, or is sold thousands of times.
    *(
        (text, {}, 0)
        for text in ("c", "card", "gift card", "gift crad", "amber", "eur", "usd 50", "50", "9999")
    ),
    # Filters alone, and beside a word like that.
    *(("", {filtered: value}, 0) for filtered, value in (("country", "USA"), ("currency", "EUR"))),
    *(("", filters, 0) for filters in ({"category": "Gaming"}, GAMING_USD, {"country": "USA"} | GAMING_USD)),
    *(("gift card", filters, 0) for filters in ({"country": "USA"}, {"category": "Gaming"}, GAMING_USD)),
    ("gift card 50", {"currency": "EUR"}, 0),
    # Everything, and what comes after many times *Next*.
    *(("", {}, offset) for offset in (0, 500, 40_000)),
    *(("gift card", {}, offset) for offset in (500, 20_000)),
    ("", {"currency": "EUR"}, 10_000),
]
REPEATS = 15


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--products", type=int, default=50_000)
    products = arguments.parse_args().products
    with TemporaryDirectory() as folder:
        _sync(Path(folder), products)
        _search(Path(folder) / "many.sqlite3")


def _sync(folder: Path, products: int) -> None:
    with _vendor(folder, FEW) as few:
        small = _read("sync", few, folder / "few.sqlite3")
    with _vendor(folder, products) as many:
        fetched = _read("fetch", many, folder / "none.sqlite3")
        first = _read("sync", many, folder / "many.sqlite3")
        again = _read("sync", many, folder / "many.sqlite3")
        # The vendor is slower the first time it lists its shelf: the better of two counts.
        fetched = min(fetched, _read("fetch", many, folder / "none.sqlite3"), key=lambda run: run["seconds"])
    _say(f"Sync of {products:,} products; 1.0 is reading the same pages and keeping nothing")
    for name, run in (("baseline", fetched), ("first sync", first), ("nothing has changed", again)):
        _say(f"  {name:<22}{run['seconds']:7.1f} s  {run['seconds'] / fetched['seconds']:5.2f} ×")
    _say(f"Peak memory of a sync; 1.0 is a sync of {FEW:,} products")
    for name, run in ((f"{FEW:,} products", small), (f"{products:,} products", first)):
        _say(f"  {name:<22}{run['peak_mib']:7.0f} MiB{run['peak_mib'] / small['peak_mib']:5.2f} ×")


def _search(database: Path) -> None:
    _name_gift_cards(database)
    store = Store.open(database, Keyring([KEY]))
    beside = sqlite3.connect(database)
    try:
        products = saved(store).catalogue.search("").total
        _say(f"Search in {products:,} products, median of {REPEATS} and (slowest)")
        _say("1.0 is the median of SQL LIKE over the same table")
        _compare("the first one", partial(_first, store), partial(_like, beside, "gift card", {}, 0))
        for text, filters, offset in SEARCHES:
            name = " ".join([f"“{text}”", *filters.values(), f"from {offset:,}" if offset else ""])
            ours = partial(saved(store).catalogue.search, text, limit=5, offset=offset, **filters)
            _compare(name, ours, partial(_like, beside, text, filters, offset))
    finally:
        beside.close()
        store.close()


def _name_gift_cards(database: Path) -> None:
    """Half of the names end as they do with vendors; those of the stand-in are all different."""
    disk.run(
        database,
        "UPDATE products SET name = name || ' Gift Card', sort_name = sort_name || ' gift card'"
        " WHERE id % 2 AND sort_name NOT LIKE '% card'",
    )


def _first(store: Store) -> None:
    """As after a sync that changed something: what is searched in is made anew."""
    with store.reader() as database:
        database.search_index()
    saved(store).catalogue.search("gift card", limit=5)


def _like(database: sqlite3.Connection, text: str, filters: dict[str, str], offset: int) -> None:
    """What one would write without an index: every word somewhere in the name, counted and five of them."""
    words = [f"%{word}%" for word in text.split()]
    has_word = "(sort_name || ' ' || country || ' ' || currency) LIKE ?"
    where = " AND ".join(["gone = 0", *[has_word] * len(words), *(f"{column} = ?" for column in filters)])
    given = [*words, *filters.values()]
    database.execute(f"SELECT count(*) FROM products WHERE {where}", given).fetchall()  # our own words
    page = f"SELECT * FROM products WHERE {where} ORDER BY sort_name LIMIT 5 OFFSET {offset}"
    database.execute(page, given).fetchall()


def _compare(name: str, ours: Callable[[], object], scan: Callable[[], object]) -> None:
    taken, scanned = _taken_ms(ours), median(_taken_ms(scan))
    middle, slowest = median(taken), max(taken)
    _say(
        f"  {name:<28}{middle:7.2f} ms ({slowest:6.2f}) {middle / scanned:6.3f} × ({slowest / scanned:6.3f})"
        f"   LIKE {scanned:6.2f} ms"
    )


def _taken_ms(work: Callable[[], object]) -> list[float]:
    taken = []
    for _ in range(REPEATS):
        began = perf_counter()
        work()
        taken.append((perf_counter() - began) * 1000)
    return taken


@contextmanager
def _vendor(folder: Path, products: int) -> Iterator[dict[str, str]]:
    options = ["--port", "0", "--no-rate-limits", "--products", str(products)]
    process = Process("sandbox", "octopus", *options, log=folder / "vendor.log")
    try:
        yield process.announced()["env"]
    finally:
        process.end()


def _read(way: str, vendor: dict[str, str], database: Path) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks.catalogue_reader",
        way,
        *vendor.values(),
        str(database),
    ]
    ran = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return result


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
