"""A Slack and a vendor of a few lines each, and a folder for a bot between them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.startup.installation import Installation
from tests.integration.startup.one_socket_slack import OneSocketSlack
from tests.support.octopus_scripted_server import ScriptedServer


@pytest.fixture
def slack() -> OneSocketSlack:
    return OneSocketSlack("is kept")


@pytest.fixture
async def installation(slack: OneSocketSlack, tmp_path: Path) -> AsyncIterator[Installation]:
    async with slack.open() as address:
        yield Installation(tmp_path, address)


@pytest.fixture
async def vendor() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as vendor:
        yield vendor
