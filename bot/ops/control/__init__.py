"""How a command reaches the running bot: HTTP over a unix socket beside the database.

The bot is the only writer of its database, so a command that has to write asks the bot to do it.
"""

from pathlib import Path

RECONCILE_PATH, RECOVER_PATH = "/reconcile", "/recover"


def socket_path(database: Path) -> Path:
    return Path(f"{database.expanduser().resolve()}.sock")
