"""Plays every case of the matrix once, many at a time, before the tests look at what came of each."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.acceptance.crash.books import compare
from tests.acceptance.crash.cases import Case
from tests.acceptance.crash.scene import Outcome, Scene

_AT_ONCE = 8  # lives mostly wait


@dataclass(frozen=True)
class Played:
    scene: Scene
    outcomes: Mapping[Case, Outcome]
    at_the_vendor: list[dict[str, Any]]

    def of(self, outcome: Outcome) -> list[dict[str, Any]]:
        return [o for o in self.at_the_vendor if o["client_reference"] == outcome.reference]

    def differences(self, outcome: Outcome) -> list[str]:
        return compare(outcome.database, self.scene.key, self.of(outcome)).all()


@pytest.fixture(scope="module")
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    chosen = [getattr(item, "callspec", None) for item in request.session.items if item.path == request.path]
    wanted = [spec.params["case"] for spec in chosen if spec]
    scene = Scene(tmp_path_factory.mktemp("crash"))
    started = time.monotonic()
    try:
        outcomes = {o.case: o for o in asyncio.run(scene.play_all(wanted, _AT_ONCE))}
        _show(request, _table(outcomes, time.monotonic() - started))
        yield Played(scene, outcomes, scene.orders_at_the_vendor())
    finally:
        scene.end()


def _show(request: pytest.FixtureRequest, text: str) -> None:
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        sys.stderr.write(text)


def _table(outcomes: Mapping[Case, Outcome], seconds: float) -> str:
    counts: dict[str, Counter[str]] = {}
    for case, outcome in outcomes.items():
        counts.setdefault(case.vendor, Counter())[outcome.went_wrong or outcome.state.value] += 1
    kills = sum(len(case.kills) for case in outcomes)
    lines = [f"\nCrash matrix: {len(outcomes)} combinations, {kills} kills, {seconds:.0f} s"]
    for vendor, ends in counts.items():
        lines.append(f"  {vendor:28}" + ", ".join(f"{n} {end}" for end, n in ends.most_common()))
    return "\n".join([*lines, ""])
