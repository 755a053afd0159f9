"""Writes the state file soon after a change, and at the end."""

import asyncio
from pathlib import Path

from bot.sandbox.slack.workspace import Workspace

SOON_S = 0.1


class StateFileWriter:
    """Writes are at least 0.1 s apart, however often `changed()` is called."""

    def __init__(self, workspace: Workspace, path: Path | None) -> None:
        self._workspace = workspace
        self._path = path
        self._due: asyncio.TimerHandle | None = None

    def changed(self) -> None:
        if self._path is not None and self._due is None:
            self._due = asyncio.get_running_loop().call_later(SOON_S, self.write)

    def write(self) -> None:
        self._due = None
        if self._path is not None:
            self._workspace.save(self._path)
