"""Reads the app's manifest: scopes, commands, shortcuts, tabs, events."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.sandbox.slack.manifest_limits import faults_of_manifest
from bot.sandbox.slack.protocol import Json

DEFAULT_PATH = Path(__file__).parents[3] / "manifest.yml"


class InvalidManifest(Exception):
    """The manifest breaks Slack's limits; the message has one line for each error."""


@dataclass(frozen=True)
class Manifest:
    """`scopes` and `events` are None without a manifest: then everything is allowed."""

    name: str = "Gift Cards"
    scopes: frozenset[str] | None = None
    events: frozenset[str] | None = None
    commands: dict[str, Json] = field(default_factory=dict)
    shortcuts: list[Json] = field(default_factory=list)
    home_tab: bool = True
    messages_tab: bool = True
    messages_read_only: bool = False
    interactive: bool = True

    def allows(self, scope: str) -> bool:
        return self.scopes is None or scope in self.scopes

    def scopes_include(self, scope: str) -> bool:
        """Whether the manifest names the scope; False without a manifest."""
        return self.scopes is not None and scope in self.scopes

    def listens_to(self, event: str) -> bool:
        return self.events is None or event in self.events

    @property
    def tabs(self) -> list[str]:
        return [tab for tab, on in (("home", self.home_tab), ("messages", self.messages_tab)) if on]


def read_manifest(path: Path) -> Manifest:
    """The manifest at `path`. Without the file everything is allowed, and stderr says so.

    Raises InvalidManifest.
    """
    if not path.exists():
        sys.stderr.write(f"No manifest at {path}: every scope, event and command is allowed.\n")
        return Manifest(commands={"/giftcard": {"command": "/giftcard", "should_escape": True}})
    loaded: Json = yaml.safe_load(path.read_text())
    faults = faults_of_manifest(loaded)
    if faults:
        raise InvalidManifest(f"Slack would not take {path}:\n" + "\n".join(f"  {fault}" for fault in faults))
    features, settings = _part(loaded, "features"), _part(loaded, "settings")
    home = _part(features, "app_home")
    return Manifest(
        name=str(_part(loaded, "display_information").get("name", "App")),
        scopes=frozenset(_part(_part(loaded, "oauth_config"), "scopes").get("bot") or ()),
        events=frozenset(_part(settings, "event_subscriptions").get("bot_events") or ()),
        commands={entry["command"]: entry for entry in features.get("slash_commands") or ()},
        shortcuts=list(features.get("shortcuts") or ()),
        home_tab=bool(home.get("home_tab_enabled", False)),
        messages_tab=bool(home.get("messages_tab_enabled", False)),
        messages_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
        interactive=bool(_part(settings, "interactivity").get("is_enabled", False)),
    )


def _part(parent: Json, name: str) -> dict[str, Any]:
    return parent.get(name) or {}
