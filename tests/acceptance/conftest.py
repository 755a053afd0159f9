from collections.abc import Iterator

import pytest

from tests.acceptance.stage import Stage


@pytest.fixture(scope="module", params=["socket", "http"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The processes, started once for each transport."""
    stage = Stage(tmp_path_factory.mktemp(request.param), request.param)
    yield stage
    stage.end()


@pytest.fixture
def stage(running: Stage) -> Iterator[Stage]:
    running.between_tests()
    yield running
    for someone in running.people:
        someone.leave()
    running.people.clear()
