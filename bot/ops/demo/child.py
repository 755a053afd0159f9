"""A process of the demo: its output goes to a log file, and it ends with the demo."""

import asyncio
import ctypes
import signal
import sys
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

_GRACE_S = 5.0
_PR_SET_PDEATHSIG = 1
_LAST_LINES = 12


class ChildEnded(Exception):
    """A process ended by itself; the message has the last lines it wrote."""

    def __init__(self, child: "Child") -> None:
        last = "\n".join(f"    {line}" for line in child.last_lines) or "    (it wrote nothing)"
        super().__init__(f"{child.name} ended by itself. The last lines of {child.log}:\n{last}")


class Child:
    """One running process. Make it with `Child.start`."""

    def __init__(self, name: str, log: Path, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self.log = log
        self.last_lines: deque[str] = deque(maxlen=_LAST_LINES)
        self._process = process
        self._waiting: list[tuple[Callable[[str], bool], asyncio.Future[str]]] = []
        # Done when the process has ended and its last line is read.
        self.ended = asyncio.create_task(self._copy_output())

    @classmethod
    async def start(cls, name: str, arguments: list[str], *, folder: Path, env: Mapping[str, str]) -> "Child":
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-m", "bot", *arguments],
            cwd=folder,
            env=env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches only the demo, which stops its processes in order
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )
        return cls(name, folder / f"{name}.log", process)

    def line(self, wanted: Callable[[str], bool]) -> asyncio.Future[str]:
        """The next line for which `wanted` is true."""
        found = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, found))
        return found

    async def stop(self) -> None:
        """Terminate the process; kill it after five seconds."""
        if self._process.returncode is None:
            self._process.terminate()
            try:
                async with asyncio.timeout(_GRACE_S):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
        await self.ended

    async def _copy_output(self) -> None:
        assert self._process.stdout, "started with a pipe"
        with self.log.open("w", encoding="utf-8", buffering=1) as log:
            async for raw in self._process.stdout:
                line = raw.decode(errors="replace").rstrip("\n")
                log.write(f"{line}\n")
                self.last_lines.append(line)
                for wanted, found in self._waiting:
                    if not found.done() and wanted(line):
                        found.set_result(line)
        await self._process.wait()


def _end_with_parent() -> None:
    """Linux sends this process SIGTERM when the demo ends in any way."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
