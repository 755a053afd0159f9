"""One process owns a database file: a lock that the kernel releases however the process ends."""

import fcntl
import os
from pathlib import Path

from store.errors import DatabaseInUse


class Ownership:
    """An exclusive lock on `<database>.lock`, which holds the owner's process id."""

    def __init__(self, database: Path) -> None:
        """Raises DatabaseInUse."""
        path = Path(f"{database}.lock")
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(self._fd, 20).decode(errors="replace").strip() or "unknown"
            os.close(self._fd)
            raise DatabaseInUse(
                f"{database} is in use by process {owner}. Stop that one first, or name another file."
            ) from None
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        # The file stays: removing it would let two processes lock two files of one name.
        os.close(self._fd)
