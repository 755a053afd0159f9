"""The commands: how they stop, and what they say when they cannot start."""

import signal
import subprocess
import sys

import pytest

from tests.support.stand_in_process import started

pytestmark = pytest.mark.parametrize("name", ["octopus", "cardpluspay"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(name: str, number: signal.Signals) -> None:
    with started(name) as (process, _, _):
        process.send_signal(number)

        assert process.wait(10) == 0


def test_a_taken_port_is_explained(name: str) -> None:
    with started(name) as (_, announced, _):
        port = announced["address"].rpartition(":")[2]

        command = [sys.executable, "-m", "bot", "sandbox", name, "--port", port]
        second = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)

        assert second.returncode == 1
        assert second.stdout == ""
        assert second.stderr == f"Error: Cannot listen on 127.0.0.1:{port}: Address already in use.\n"
