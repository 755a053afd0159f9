"""response_url: five posts within thirty minutes, even where the app may not post otherwise."""

import hmac
from dataclasses import dataclass

from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.protocol import SlackError
from bot.sandbox.slack.workspace import Workspace

LIFE_S = 30 * 60.0
USES = 5
REMEMBERED_S = 24 * LIFE_S  # so that a late post gets expired_url


@dataclass
class ResponseUrl:
    """The target of posts; `original_ts` is the message that was interacted with, if any."""

    user: str
    channel: str
    made_at: float
    original_ts: str | None = None
    original_is_ephemeral: bool = False
    uses: int = 0


class ResponseUrls:
    def __init__(self, address: str, workspace: Workspace, clock: Clock) -> None:
        self._address = address
        self._workspace = workspace
        self._clock = clock
        self._made: dict[str, ResponseUrl] = {}

    def make(
        self, user: str, channel: str, original_ts: str | None = None, *, ephemeral: bool = False
    ) -> str:
        now = self._clock.now()
        self._made = {key: made for key, made in self._made.items() if now - made.made_at < REMEMBERED_S}
        key = self._workspace.new_id("R")
        self._made[key] = ResponseUrl(user, channel, now, original_ts, ephemeral)
        return f"{self._address}/hooks/{self._workspace.team_id}/{key}/{self._secret(key)}"

    def use(self, key: str, secret: str) -> ResponseUrl:
        """The target of one post; counts it."""
        made = self._made.get(key)
        if made is None or not hmac.compare_digest(secret, self._secret(key)):
            raise SlackError("invalid_url")
        if self._clock.now() - made.made_at > LIFE_S:
            raise SlackError("expired_url")
        if made.uses >= USES:
            raise SlackError("used_url")
        made.uses += 1
        return made

    def _secret(self, key: str) -> str:
        return self._workspace.secret(f"response {key}", 24)
