"""The benchmark runs, so that nobody finds it broken on the day it is needed. Its numbers are not judged."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_benchmark_runs_to_its_end_on_a_small_catalogue() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.catalogue", "--products", "600"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(re.findall(r"\d ×", ran.stdout)) == 13


def test_make_knows_it() -> None:
    assert "tests.benchmarks.catalogue" in (ROOT / "Makefile").read_text(encoding="utf-8")
