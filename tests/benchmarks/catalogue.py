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
from tests.benchmarks.reading import KEY
from tests.processes import Process

ROOT = Path(__file__).parents[2]
FEW = 2_000
# What people type: finished, unfinished, misspelt, with country and amount, and something that is not there.
TYPED = ["steam", "ste", "steam us 50", "amazon germany", "amazn", "netflix euro", "playstation 20", "zzqx"]
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
    store = Store.open(database, Keyring([KEY]))
    try:
        count = store.catalogue.count()
        store.catalogue.search("warm")
        _say(f"Search in {count:,} products, median of {REPEATS}; 1.0 is SQL LIKE over the same table")
        for typed in TYPED:
            ours = _median_ms(partial(store.catalogue.search, typed, limit=5))
            scan = _median_ms(partial(_like, store, typed))
            _say(f"  {typed:<22}{ours:7.2f} ms {ours / scan:5.2f} ×  (LIKE {scan:.2f} ms)")
    finally:
        store.close()


def _like(store: Store, typed: str) -> None:
    """What one would write without an index: every word somewhere in the name, counted and the first five."""
    words = [f"%{word}%" for word in typed.split()]
    has_word = "(sort_name || ' ' || country || ' ' || currency) LIKE ?"
    where = " AND ".join(["NOT gone", *[has_word] * len(words)])
    store._db.value(f"SELECT count(*) FROM products WHERE {where}", words)  # our own words
    store._db.rows(f"SELECT * FROM products WHERE {where} ORDER BY sort_name LIMIT 5", words)


def _median_ms(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(REPEATS):
        began = perf_counter()
        work()
        taken.append((perf_counter() - began) * 1000)
    return median(taken)


@contextmanager
def _vendor(folder: Path, products: int) -> Iterator[dict[str, str]]:
    options = ["--port", "0", "--no-rate-limits", "--products", str(products)]
    process = Process("sandbox", "octopus", *options, log=folder / "vendor.log")
    try:
        yield process.announced()["env"]
    finally:
        process.end()


def _read(way: str, vendor: dict[str, str], database: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.reading", way, *vendor.values(), str(database)]
    ran = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return result


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
