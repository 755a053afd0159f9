"""What every handler works with: the desk behind it, the people before it, and room for slow work."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.usecases.desk import Desk
from handlers.background import Background
from handlers.people import People


@dataclass(frozen=True, slots=True)
class Front:
    """`approvals_channel` is where cards and alarms are posted."""

    desk: Desk
    people: People
    background: Background
    approvals_channel: str


def user_id(body: Mapping[str, Any]) -> str:
    """Who sent this payload: an id to look up, nothing more."""
    user = body.get("user")
    return str(user["id"] if isinstance(user, Mapping) else body["user_id"])
