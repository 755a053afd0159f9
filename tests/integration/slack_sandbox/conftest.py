"""One stand-in for the whole run; every test leaves it without faults and finds it without limits."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.integration.slack_sandbox.driver import App, Person, Slack, StandIn


@pytest.fixture(scope="session", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """A test that fails half-way leaves its process running; this does not."""
    yield
    for left in list(StandIn.running):
        left.process.kill()
        left.stop()


@pytest.fixture(scope="session")
def process(nothing_left_behind: None) -> Iterator[StandIn]:
    running = StandIn()
    yield running
    assert running.stop() == 0


@pytest.fixture
async def slack(process: StandIn) -> AsyncIterator[Slack]:
    calls = Slack(process)
    await calls.http.delete("/control/faults")
    for _ in range(2):
        await calls.pass_time(400)  # events of earlier tests use up their retries while nobody is there
    await calls.http.delete("/control/calls")
    await calls.control("limits", on=False)
    yield calls
    await calls.http.aclose()


@pytest.fixture
async def app(slack: Slack) -> AsyncIterator[App]:
    async with App(slack) as connected:
        yield connected


@pytest.fixture
async def agent(slack: Slack) -> AsyncIterator[Person]:
    async with Person(slack, "U0AGENT01") as person:
        yield person
