"""What every handler works with: services, the directory of users, and background tasks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.services.context import AppContext
from handlers.background_tasks import BackgroundTasks
from handlers.user_directory import UserDirectory


@dataclass(frozen=True, slots=True)
class SlackContext:
    """`approvals_channel` is where cards and alerts are posted."""

    ctx: AppContext
    people: UserDirectory
    background: BackgroundTasks
    approvals_channel: str


def user_id(body: Mapping[str, Any]) -> str:
    """Who sent this payload. It is only an id to look up: a payload grants nothing."""
    source = body.get("event") or body
    user = source.get("user") or source["user_id"]
    return str(user["id"] if isinstance(user, Mapping) else user)
