"""One process owns a database file: a lock that the kernel releases however the process ends."""

import fcntl
import os
from pathlib import Path

from store.errors import DatabaseInUse


class DatabaseLock:
    """An exclusive lock on `<database>.lock`, which holds the owner's process id."""

    def __init__(self, database: Path) -> None:
        """Raises DatabaseInUse."""
        descriptor = os.open(f"{database}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._file = os.fdopen(descriptor, "r+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = self._file.read(20).strip() or "unknown"
            self._file.close()
            raise DatabaseInUse(
                f"{database} is in use by process {owner}. Stop that one first, or name another file."
            ) from None
        self._file.truncate()
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def release(self) -> None:
        # The file stays: removing it would let two processes lock two files of one name.
        self._file.close()
