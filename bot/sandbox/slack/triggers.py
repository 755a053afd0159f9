"""Trigger ids: valid for three seconds and one modal."""

from dataclasses import dataclass

from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.protocol import SlackError
from bot.sandbox.slack.sessions import Session
from bot.sandbox.slack.workspace import Workspace

LIFE_S = 3.0
REMEMBERED_S = 600.0


@dataclass
class Trigger:
    session: Session
    view_id: str | None  # the modal that was interacted with
    made_at: float
    used: bool = False
    expired: bool = False  # a fault made it expire early


class Triggers:
    def __init__(self, workspace: Workspace, clock: Clock) -> None:
        self._workspace = workspace
        self._clock = clock
        self._made: dict[str, Trigger] = {}

    def make(self, session: Session, view_id: str | None = None, *, expired: bool = False) -> str:
        now = self._clock.now()
        self._made = {key: t for key, t in self._made.items() if now - t.made_at < REMEMBERED_S}
        digits = int(self._workspace.secret("team", 8), 16)
        trigger_id = f"{int(now * 1000)}.{digits}.{self._workspace.new_id('').lower()}"
        self._made[trigger_id] = Trigger(session, view_id, now, expired=expired)
        return trigger_id

    def redeem(self, trigger_id: object) -> Trigger:
        trigger = self._made.get(trigger_id) if isinstance(trigger_id, str) else None
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if trigger.expired or self._clock.now() - trigger.made_at > LIFE_S:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger
