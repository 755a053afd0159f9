"""Builds the payloads that Slack sends to apps."""

import json
from typing import Any

from bot.sandbox.slack.protocol import Json
from bot.sandbox.slack.stand_in import StandIn
from bot.sandbox.slack.workspace import APP_ID, BOT_USER


def envelope(slack: StandIn, kind: str, user: str) -> Json:
    """The fields that every interactive payload has."""
    return {
        "type": kind,
        "token": slack.workspace.verification_token,
        "api_app_id": APP_ID,
        "team": team(slack),
        "user": person(slack, user),
        "enterprise": None,
        "is_enterprise_install": False,
    }


def team(slack: StandIn) -> Json:
    return {"id": slack.workspace.team_id, "domain": slack.workspace.team["domain"]}


def person(slack: StandIn, user: str) -> Json:
    name = slack.people.find(user)["name"]
    return {"id": user, "username": name, "name": name, "team_id": slack.people.team_of(user)}


def place(slack: StandIn, channel: str) -> Json:
    return {"id": channel, "name": slack.channels.payload_name(slack.channels.find(channel))}


def command(slack: StandIn, user: str, channel: str, name: str, text: str, trigger_id: str) -> Json:
    """A slash command; every value is text, because it is sent as a form."""
    return {
        "token": slack.workspace.verification_token,
        "team_id": slack.people.team_of(user),
        "team_domain": slack.workspace.team["domain"],
        "channel_id": channel,
        "channel_name": place(slack, channel)["name"],
        "user_id": user,
        "user_name": slack.people.find(user)["name"],
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": slack.response_urls.make(user, channel),
        "trigger_id": trigger_id,
    }


def action(element: Json, block_id: str, state: Json, ts: str) -> Json:
    """One entry of `actions`: the element and the person's choice."""
    entry: Json = {
        "action_id": element["action_id"],
        "block_id": block_id,
        "type": element["type"],
        "action_ts": ts,
    }
    if element["type"] == "button":
        entry |= {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    else:
        entry |= {name: value for name, value in state.items() if name != "type"}
        entry |= {name: element[name] for name in ("placeholder",) if name in element}
    if "confirm" in element:
        entry["confirm"] = element["confirm"]
    return entry


def event(slack: StandIn, inner: Json) -> Json:
    """An event_callback around one event."""
    now = slack.clock.now()
    return {
        "token": slack.workspace.verification_token,
        "team_id": slack.workspace.team_id,
        "context_team_id": slack.workspace.team_id,
        "api_app_id": APP_ID,
        "event": {**inner, "event_ts": slack.clock.ts()},
        "type": "event_callback",
        "event_id": slack.workspace.new_id("Ev"),
        "event_time": int(now),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": slack.workspace.team_id,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


def copied(value: Any) -> Any:
    """A deep copy: a payload must not change when the message or view does."""
    return json.loads(json.dumps(value))
