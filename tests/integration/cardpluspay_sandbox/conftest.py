"""One stand-in for all tests here, as on its first day before each of them."""

from collections.abc import Iterator

import pytest

from tests.support.cardpluspay_stand_in import StandIn, running


@pytest.fixture(scope="session")
def cardpluspay_process() -> Iterator[StandIn]:
    with running() as stand_in:
        yield stand_in


@pytest.fixture
def cardpluspay(cardpluspay_process: StandIn) -> StandIn:
    cardpluspay_process.back_office("POST", "reset")
    return cardpluspay_process
