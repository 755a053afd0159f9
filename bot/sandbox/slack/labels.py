"""Labels of calls and payloads in the network pane, which tell similar ones apart."""

from typing import Any

from bot.sandbox.slack.protocol import Json
from bot.sandbox.slack.workspace import Workspace

LONGEST = 80


def of_payload(what: str, body: Json) -> str:
    """Such as `block_actions approve`, `view_submission order_form` or `/giftcard search steam`."""
    names = [action["action_id"] for action in body.get("actions", ())]
    names += [body[name] for name in ("callback_id", "action_id", "text") if isinstance(body.get(name), str)]
    if what == "block_suggestion":
        names.append(f"“{body['value']}”")
    if what in ("view_submission", "view_closed"):
        names.append(body["view"]["callback_id"])
    return " ".join([what, *names]).strip()[:LONGEST]


def of_call(workspace: Workspace, method: str, args: Json) -> str:
    """Such as `chat.postMessage #general` or `views.open order_form`; never message texts."""
    view = args.get("view")
    names = [
        _conversation(workspace, args.get("channel")),
        _person(workspace, args.get("user") or args.get("user_id") or args.get("users")),
        str(view.get("callback_id") or "") if isinstance(view, dict) else "",
        str(workspace.groups.get(str(args.get("usergroup")), {}).get("handle", "")),
    ]
    return " ".join([method, *filter(None, names)])[:LONGEST]


def _conversation(workspace: Workspace, channel: Any) -> str:
    found = workspace.channels.get(str(channel))
    if found is None:
        return _person(workspace, channel)
    if found["kind"] == "im":
        return f"DM with {_person(workspace, found['members'][0])}"
    return f"#{found['name']}"


def _person(workspace: Workspace, user: Any) -> str:
    return str(workspace.people.get(str(user), {}).get("real_name", ""))
