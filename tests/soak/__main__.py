"""`make soak`: random orders, approvals, faults and kills for some minutes; then both sides are compared.

The seed decides what happens; how long things take is the machine's. Exit code 1 unless nothing was bought
twice, no code was lost and every cent is explained.
"""

import argparse
import logging
import random
import sys
import tempfile
import time
from pathlib import Path

import structlog

from tests.soak.simulation import Simulation


def main() -> int:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    folder = Path(tempfile.mkdtemp(prefix="giftcard-soak-"))
    say(f"seed {asked.seed}, {asked.minutes:g} minutes, everything in {folder}")
    simulation = Simulation(folder, random.Random(asked.seed))
    try:
        until = time.monotonic() + asked.minutes * 60
        while time.monotonic() < until:
            simulation.run_once()
            say(f"  {simulation.progress()}")
        simulation.final_runs()
        result = simulation.result()
    finally:
        simulation.end()
    for line in result.lines():
        say(line)
    return 0 if result.clean else 1


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
