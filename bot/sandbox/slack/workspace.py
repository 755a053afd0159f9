"""The workspace in the state file: people, groups, conversations, messages, Home views."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from bot.sandbox.slack.protocol import Json

BOT_USER = "U0GIFTBOT"
BOT_ID = "B0GIFTBOT"
APP_ID = "A0GIFTAPP"


@dataclass
class Workspace:
    team: Json
    people: dict[str, Json]
    groups: dict[str, Json]
    channels: dict[str, Json]
    messages: dict[str, list[Json]] = field(default_factory=dict)  # by channel, see messages.py
    homes: dict[str, Json] = field(default_factory=dict)  # user -> view
    read: dict[str, dict[str, str]] = field(default_factory=dict)  # user -> channel -> last ts read
    seed: str = field(default_factory=lambda: secrets.token_hex(16))
    next_id: int = 1

    @property
    def team_id(self) -> str:
        return str(self.team["id"])

    def new_id(self, prefix: str) -> str:
        """An id in Slack's format, such as `D0000000A1`, unique in this workspace."""
        self.next_id += 1
        digest = hashlib.sha256(f"{self.seed}{prefix}{self.next_id}".encode()).hexdigest().upper()
        return f"{prefix}{digest[:6]}{self.next_id:04X}"

    def secret(self, purpose: str, length: int) -> str:
        """A hexadecimal secret, the same for the same state file."""
        return hashlib.sha256(f"{self.seed}:{purpose}".encode()).hexdigest()[:length]

    @property
    def bot_token(self) -> str:
        return f"xoxb-{int(self.secret('team', 8), 16)}-{self.secret('bot', 24)}"

    @property
    def app_token(self) -> str:
        return f"xapp-1-{APP_ID}-{int(self.secret('app-id', 8), 16)}-{self.secret('app', 64)}"

    @property
    def signing_secret(self) -> str:
        return self.secret("signing", 32)

    @property
    def verification_token(self) -> str:
        return self.secret("verification", 24)

    def save(self, path: Path) -> None:
        """Replaces the file atomically: a crash leaves the old one or the new one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.new")
        fresh.write_text(json.dumps(vars(self)))
        fresh.replace(path)


def load_workspace(path: Path | None) -> Workspace:
    """The workspace of the state file, or a new one with the people of docs/slack-stand-in.md."""
    if path is not None and path.exists():
        return Workspace(**json.loads(path.read_text()))
    seed = json.loads(resources.files(__package__).joinpath("workspace.json").read_text())
    return Workspace(
        team=seed["team"],
        people={person["id"]: person for person in seed["people"]},
        groups={group["id"]: group for group in seed["groups"]},
        channels={channel["id"]: channel for channel in seed["channels"]},
    )


def opening_conversation() -> list[Json]:
    """Messages from before the app was installed: `channel`, `user`, `text`."""
    seed = json.loads(resources.files(__package__).joinpath("workspace.json").read_text())
    lines: list[Json] = seed["conversation"]
    return lines
