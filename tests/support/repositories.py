"""What a transaction is handed, with transactions that a test begins and ends itself."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from store import Keyring, Transaction
from store.database import Database
from store.engines.sqlite import SqliteEngine
from store.scope import remembered_scope
from tests.support.database import lay_out_tables


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Repositories(Transaction):
    """The repositories over a file. Reads any time; writes inside `with repositories.transaction()`."""

    def __init__(
        self,
        path: Path,
        *keys: str,
        clock: Callable[[], datetime] = _utc_now,
        read_only: bool = False,
    ) -> None:
        if not read_only:
            lay_out_tables(path)
        engine = SqliteEngine.read(path) if read_only else SqliteEngine.own(path)
        self._database = Database(engine, clock)
        super().__init__(self._database, remembered_scope(self._database), Keyring(keys))

    def transaction(self) -> AbstractContextManager[None]:
        return self._database.transaction()

    def close(self) -> None:
        self._database.close()
