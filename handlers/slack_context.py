"""What every handler works with: the desk behind it, the people before it, and room for slow work."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.services.context import AppContext
from handlers.background_tasks import BackgroundTasks
from handlers.user_directory import UserDirectory


@dataclass(frozen=True, slots=True)
class SlackContext:
    """`approvals_channel` is where cards and alarms are posted."""

    ctx: AppContext
    people: UserDirectory
    background: BackgroundTasks
    approvals_channel: str


def user_id(body: Mapping[str, Any]) -> str:
    """Who sent this payload: an id to look up, nothing more."""
    source = body.get("event") or body
    user = source.get("user") or source["user_id"]
    return str(user["id"] if isinstance(user, Mapping) else user)
