"""Plays every case of the matrix once, many at a time, before the tests look at what came of each."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from tests.acceptance.crash.cases import Case
from tests.acceptance.crash.comparison import Differences, compare
from tests.acceptance.crash.environment import CrashEnvironment
from tests.acceptance.crash.runner import Outcome, run_all
from tests.acceptance.crash.vendor_ledger import VendorSale

_AT_ONCE = 8  # runs mostly wait


@dataclass(frozen=True)
class MatrixRun:
    environment: CrashEnvironment
    outcomes: Mapping[Case, Outcome]
    sold: Mapping[str, list[VendorSale]]  # by vendor

    def of(self, outcome: Outcome) -> list[VendorSale]:
        """All that the vendor sold to the database of this case."""
        order, account = outcome.approved.order, outcome.approved.account
        return [
            sold
            for sold in self.sold[outcome.case.vendor]
            if sold.account == account and sold.reference in (None, order.client_reference)
        ]

    def purchases(self, outcome: Outcome) -> int:
        """How many of them were bought for the order of this case."""
        return sum(sold.by_us for sold in self.of(outcome)) - outcome.case.bought_before

    def differences(self, outcome: Outcome) -> Differences:
        return compare(outcome.approved.database, self.environment.key, self.of(outcome))


@pytest.fixture(scope="module")
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MatrixRun]:
    chosen = [getattr(item, "callspec", None) for item in request.session.items if item.path == request.path]
    wanted = [spec.params["case"] for spec in chosen if spec and "case" in spec.params]
    environment = CrashEnvironment(tmp_path_factory.mktemp("crash"))
    started = time.monotonic()
    try:
        outcomes = {o.case: o for o in asyncio.run(run_all(environment, wanted, _AT_ONCE))}
        _show(request, _table(outcomes, time.monotonic() - started))
        yield MatrixRun(
            environment, outcomes, {name: stand_in.sold() for name, stand_in in environment.shops.items()}
        )
    finally:
        environment.end()


def _show(request: pytest.FixtureRequest, text: str) -> None:
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        sys.stderr.write(text)


def _table(outcomes: Mapping[Case, Outcome], seconds: float) -> str:
    counts: dict[tuple[str, str], Counter[str]] = {}
    for case, outcome in outcomes.items():
        counts.setdefault((case.vendor, case.does), Counter())[outcome.went_wrong or outcome.state.value] += 1
    kills = sum(len(case.kills) for case in outcomes)
    lines = [f"\nCrash matrix: {len(outcomes)} combinations, {kills} kills, {seconds:.0f} s"]
    for (vendor, does), ends in counts.items():
        lines.append(f"  {vendor:12}{does:36}" + ", ".join(f"{n} {end}" for end, n in ends.most_common()))
    return "\n".join([*lines, ""])
