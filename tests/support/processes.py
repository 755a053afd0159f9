"""Real processes of ours, started by their command and stopped for certain."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_STOPS_WITHIN_S = 10


class Process:
    """`python -m bot ARGS…` with its output in `log`. Knows only the environment it is given."""

    def __init__(
        self, *args: str, log: Path, env: Mapping[str, str] | None = None, module: str = "bot"
    ) -> None:
        self.log = log
        self._stderr = log.open("ab")
        self.popen = subprocess.Popen(
            [sys.executable, "-m", module, *args],
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env={"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **(env or {})},
            cwd=Path(__file__).parents[2],
            text=True,
        )

    def announced(self) -> dict[str, Any]:
        """The JSON a stand-in prints first."""
        assert self.popen.stdout is not None
        line = self.popen.stdout.readline()
        assert line, f"it ended without a word:\n{self.logged()}"
        announcement: dict[str, Any] = json.loads(line)
        return announcement

    def logged(self) -> str:
        return self.log.read_text()

    def stop(self) -> int:
        """SIGTERM, and its exit code."""
        self.popen.send_signal(signal.SIGTERM)
        try:
            return self.popen.wait(_STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            self._close()

    def kill(self) -> None:
        """SIGKILL: no warning, no clean-up."""
        self.popen.kill()
        self.popen.wait(_STOPS_WITHIN_S)
        self._close()

    def end(self) -> None:
        if self.popen.poll() is None:
            self.kill()
        self._close()

    def _close(self) -> None:
        self._stderr.close()
        if self.popen.stdout is not None:
            self.popen.stdout.close()
