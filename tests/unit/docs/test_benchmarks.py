"""The benchmark runs, so that nobody finds it broken on the day it is needed. Its numbers are not judged."""

import re
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.catalogue import SEARCHES

ROOT = Path(__file__).parents[3]


def test_the_benchmark_runs_to_its_end_on_a_small_catalogue() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.catalogue", "--products", "600"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    syncs, the_first = 5, 1
    assert len(re.findall(r"\d ×", ran.stdout)) == syncs + the_first + len(SEARCHES)


def test_make_knows_it() -> None:
    assert "tests.benchmarks.catalogue" in (ROOT / "Makefile").read_text(encoding="utf-8")
