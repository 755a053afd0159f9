"""Whose rows: every order, message, quote and log entry belongs to a Slack workspace.

What lies at a vendor belongs to our account there, and orders to both. Rows of an order's own (approvals,
codes, snapshots …) belong to whom the order belongs to. The catalogue is what a vendor sells, to whomever.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from store.database import Database

WORKSPACE = "slack_team"
ACCOUNT, LOGIN = "_account", "_login"  # after the vendor's name
NO_WORKSPACE = ""  # until the bot has met it


@dataclass(frozen=True, slots=True)
class Scope:
    """A workspace, by its team id, and our account at each vendor that has told us its number.

    Of a vendor that numbers no accounts, it is a mark of the login.
    """

    workspace: str = NO_WORKSPACE
    accounts: Mapping[str, str] = field(default_factory=dict)

    def account(self, vendor: str) -> str | None:
        return self.accounts.get(vendor)


def remembered_scope(database: Database) -> Scope:
    """As the last start left it, so that tools without Slack see the same rows."""
    sql = "SELECT name, value FROM key_values WHERE name = ? OR name LIKE ? OR name LIKE ?"
    known = {row["name"]: row["value"] for row in database.rows(sql, [WORKSPACE, f"%{LOGIN}", f"%{ACCOUNT}"])}
    accounts = {
        name.removesuffix(ending): value
        for ending in (LOGIN, ACCOUNT)
        for name, value in known.items()
        if name.endswith(ending)
    }
    return Scope(known.get(WORKSPACE, NO_WORKSPACE), accounts)


def adopt_rows(database: Database, scope: Scope) -> None:
    """What was there before the first workspace was met is its own: nothing under way is lost from sight."""
    if scope.workspace == NO_WORKSPACE:
        return
    for table in ("orders", "outbox", "quotes"):
        sql = f"UPDATE {table} SET workspace = ? WHERE workspace = ?"
        database.write(sql, [scope.workspace, NO_WORKSPACE])
