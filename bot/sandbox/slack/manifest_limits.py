"""Slack's limits for an app manifest, so that errors show here and not only when it is pasted into Slack."""

from typing import Any

from bot.sandbox.slack.blocks.validation import Check, Place, array, string
from bot.sandbox.slack.protocol import Json

COMMAND: dict[str, Check] = {
    "command": string(32),
    "description": string(2000),
    "usage_hint": string(1000, 0),
}
SHORTCUT: dict[str, Check] = {
    "name": string(24),
    "description": string(150),
    "callback_id": string(255),
}
SIZES: dict[str, Check] = {
    "display_information/name": string(35),
    "display_information/description": string(140, 0),
    "display_information/long_description": string(4000, 175),
    "features/bot_user/display_name": string(80),
    "oauth_config/scopes/bot": array(string(255), 255, 0),
    "settings/event_subscriptions/bot_events": array(string(255), 100, 0),
}


def faults_of_manifest(manifest: Json) -> list[str]:
    """Slack's errors, each with a JSON pointer; empty when the manifest is valid."""
    root = Place("", "manifest")
    for pointer, check in SIZES.items():
        value: Any = manifest
        place = root
        for name in pointer.split("/"):
            value = value.get(name) if isinstance(value, dict) else None
            place = place.under(name)
        if value is not None:
            check(value, place)
    features = manifest.get("features") or {}
    array(_parts(COMMAND), 50, 0)(features.get("slash_commands") or [], root.under("features/slash_commands"))
    array(_parts(SHORTCUT), 10, 0)(features.get("shortcuts") or [], root.under("features/shortcuts"))
    return root.found


def _parts(known: dict[str, Check]) -> Check:
    """Checks the named parts that are present; others are ignored."""

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, dict):
            place.wrong("must provide an object")
            return
        for name, part in known.items():
            if value.get(name) is not None:
                part(value[name], place.under(name))

    return check
