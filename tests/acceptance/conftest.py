from collections.abc import Iterator

import pytest

from tests.support.running_system import RunningSystem


@pytest.fixture(scope="module", params=["socket", "http"])
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSystem]:
    """The processes, started once for each transport."""
    system = RunningSystem(tmp_path_factory.mktemp(request.param), request.param)
    yield system
    system.end()


@pytest.fixture
def system(running: RunningSystem) -> Iterator[RunningSystem]:
    running.between_tests()
    yield running
    for slack_user in running.people:
        slack_user.leave()
    running.people.clear()
