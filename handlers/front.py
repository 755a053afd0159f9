"""What every handler works with: the desk behind it, the people before it, and room for slow work."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.people import PersonId
from bot.usecases.desk import Desk
from handlers.background import Background
from handlers.people import People


@dataclass(frozen=True, slots=True)
class Front:
    """`team_id` is our workspace; `approvals_channel` is where cards are posted."""

    desk: Desk
    people: People
    background: Background
    team_id: str
    approvals_channel: str


def clicker(front: Front, body: Mapping[str, Any]) -> PersonId:
    """Who sent this payload. Somebody from another workspace keeps that workspace's id."""
    user = body.get("user")
    if isinstance(user, Mapping):
        return PersonId(str(user.get("team_id") or _team(front, body)), str(user["id"]))
    return PersonId(_team(front, body), str(body["user_id"]))


def _team(front: Front, body: Mapping[str, Any]) -> str:
    team = body.get("team")
    if isinstance(team, Mapping) and team.get("id"):
        return str(team["id"])
    return str(body.get("team_id") or front.team_id)
