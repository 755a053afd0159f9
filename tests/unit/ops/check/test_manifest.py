"""manifest.yml: pasteable into Slack as it is, and exactly what the bot uses."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from handlers import ids
from handlers.listeners import EVENTS

PROJECT = Path(__file__).parents[4]
MANIFEST: dict[str, Any] = yaml.safe_load((PROJECT / "manifest.yml").read_text())
FEATURES = MANIFEST["features"]

# What Slack asks of a bot token for each method, and for each event, that the bot uses.
SCOPES_BY_METHOD = {
    "apps_connections_open": set(),  # an app-level token's affair
    "auth_test": set(),
    "chat_getPermalink": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_open": {"im:write"},  # for one person
    "usergroups_users_list": {"usergroups:read"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_push": set(),
    "views_update": set(),
}
SCOPES_BY_EVENT = {
    "app_home_opened": set(),
    "subteam_members_changed": {"usergroups:read"},
    "subteam_updated": {"usergroups:read"},
    "user_change": {"users:read"},
}
FAMILIES = "api|apps|auth|bots|chat|conversations|files|reactions|team|usergroups|users|views"


def sources() -> str:
    ours = [*PROJECT.glob("handlers/**/*.py"), *PROJECT.glob("bot/**/*.py")]
    return "\n".join(path.read_text() for path in ours if "sandbox" not in path.parts)


def methods_called() -> set[str]:
    return set(re.findall(rf"\.((?:{FAMILIES})_[A-Za-z_]+)\(", sources()))


def test_every_slack_method_the_code_calls_is_known_here() -> None:
    assert methods_called() <= SCOPES_BY_METHOD.keys()


def test_the_scopes_are_exactly_those_the_bot_needs() -> None:
    needed = {"commands"}  # for the slash command and the shortcuts
    needed.update(*(SCOPES_BY_METHOD[method] for method in methods_called()))
    needed.update(*(SCOPES_BY_EVENT[event] for event in subscribed()))

    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == needed
    assert MANIFEST["oauth_config"]["scopes"].keys() == {"bot"}


def test_the_events_are_exactly_those_the_bot_listens_to() -> None:
    assert set(subscribed()) == EVENTS.keys()


def test_the_command_and_the_shortcuts_are_those_the_bot_answers() -> None:
    shortcuts = {(each["type"], each["callback_id"]) for each in FEATURES["shortcuts"]}

    assert [command["command"] for command in FEATURES["slash_commands"]] == [ids.COMMAND]
    assert shortcuts == {("global", ids.ISSUE_SHORTCUT), ("message", ids.CONVERSATION_SHORTCUT)}


def test_people_in_commands_arrive_as_ids() -> None:
    assert FEATURES["slash_commands"][0]["should_escape"] is True


def test_the_bot_can_write_to_people_and_they_to_it() -> None:
    assert FEATURES["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def test_it_is_made_for_socket_mode() -> None:
    settings = MANIFEST["settings"]

    assert settings["socket_mode_enabled"] is True
    assert settings["interactivity"] == {"is_enabled": True}
    assert "request_url" not in settings["event_subscriptions"]


def test_tokens_do_not_rotate_because_rotation_cannot_be_switched_off_again() -> None:
    assert MANIFEST["settings"]["token_rotation_enabled"] is False


@pytest.mark.parametrize(
    ("text", "shortest", "longest"),
    [
        (MANIFEST["display_information"]["name"], 1, 35),
        (MANIFEST["display_information"]["description"], 1, 140),
        (MANIFEST["display_information"]["long_description"], 175, 4000),
        (FEATURES["bot_user"]["display_name"], 1, 80),
        (FEATURES["slash_commands"][0]["command"], 2, 32),
        (FEATURES["slash_commands"][0]["description"], 1, 2000),
        (FEATURES["slash_commands"][0]["usage_hint"], 1, 1000),
        *((shortcut["name"], 1, 24) for shortcut in FEATURES["shortcuts"]),
        *((shortcut["description"], 1, 150) for shortcut in FEATURES["shortcuts"]),
        *((shortcut["callback_id"], 1, 255) for shortcut in FEATURES["shortcuts"]),
    ],
)
def test_no_text_is_longer_than_slack_takes(text: str, shortest: int, longest: int) -> None:
    assert shortest <= len(text) <= longest


def test_it_has_no_section_slack_does_not_know() -> None:
    assert MANIFEST.keys() == {"display_information", "features", "oauth_config", "settings"}
    assert FEATURES.keys() == {"app_home", "bot_user", "shortcuts", "slash_commands"}
    assert MANIFEST["settings"].keys() == {
        "event_subscriptions",
        "interactivity",
        "org_deploy_enabled",
        "socket_mode_enabled",
        "token_rotation_enabled",
    }
    assert re.fullmatch("#[0-9a-f]{6}", MANIFEST["display_information"]["background_color"])


def subscribed() -> list[str]:
    events: list[str] = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    return events
