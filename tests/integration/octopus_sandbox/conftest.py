"""One stand-in for all tests here, as on its first day before each of them."""

from collections.abc import Iterator

import pytest

from tests.support.octopus_stand_in import StandIn, running


@pytest.fixture(scope="session")
def process() -> Iterator[StandIn]:
    with running() as stand_in:
        yield stand_in


@pytest.fixture
def vendor(process: StandIn) -> StandIn:
    process.back_office("POST", "reset")
    process.http.headers.pop("Authorization", None)
    process.log_in()
    return process
