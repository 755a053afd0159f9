"""What lies on disk, as others than the bot see it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.services.context import AppContext
from store import OutboxMessage, Transaction
from store.engines.sqlite import sqlite3
from tests.support.at_once import saved, write

_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)


def rows(database: Path, sql: str, *parameters: Any) -> list[dict[str, Any]]:
    """Read as another process would, while the bot may be running."""
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(sql, parameters)]
    finally:
        connection.close()


def run(database: Path, sql: str, *parameters: Any) -> int:
    """Write as another program could; how many rows it changed. Raises what SQLite raises."""
    connection = sqlite3.connect(database, isolation_level=None)
    try:
        return int(connection.execute(sql, parameters).rowcount)
    finally:
        connection.close()


def audit_log_is_intact(ctx: AppContext) -> bool:
    with ctx.store.reader() as database:
        return database.verify().ok


def mark_sent(ctx: AppContext, messages: Iterable[OutboxMessage]) -> None:
    """As if Slack had taken them."""

    def mark(tx: Transaction) -> None:
        for message in messages:
            tx.outbox.sent(message.id)

    write(ctx, mark)


def unsent_messages(ctx: AppContext) -> list[OutboxMessage]:
    """Those that wait to be sent; of several about one order to one place, the first."""
    return saved(ctx).outbox.due(_END_OF_TIME, limit=10_000)
