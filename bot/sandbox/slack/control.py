"""`/control/…`: records, faults, clock and workspace for tests and the fault panel."""

import json
from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox.slack import user_actions
from bot.sandbox.slack.client_api import answered, read_params
from bot.sandbox.slack.protocol import Json, SlackError
from bot.sandbox.slack.socket_mode import REASONS
from bot.sandbox.slack.stand_in import StandIn
from bot.sandbox.slack.vendor_admin import VendorAdmin

ControlHandler = Callable[[StandIn, Json], Json]


def _calls(slack: StandIn, query: Json) -> Json:
    return {
        "calls": slack.recorder.entries(*(query.get(name, "") for name in ("contains", "method", "kind")))
    }


def _forget_calls(slack: StandIn, _: Json) -> Json:
    slack.recorder.forget()
    return {}


def _messages(slack: StandIn, query: Json) -> Json:
    wanted = query.get("contains", "")
    found = slack.messages.every_version()
    return {"messages": [m for m in found if wanted in json.dumps(m, ensure_ascii=False)]}


def _faults(slack: StandIn, _: Json) -> Json:
    return {"faults": slack.faults.armed()}


def _arm(slack: StandIn, params: Json) -> Json:
    return {"fault": slack.faults.arm(params).shown()}


def _disarm(slack: StandIn, _: Json) -> Json:
    slack.faults.disarm()
    return {}


def _clock(slack: StandIn, params: Json) -> Json:
    slack.clock.move(float(params["shift_s"]))
    return {"now": slack.clock.now(), "shift_s": slack.clock.shift_s}


def _limits(slack: StandIn, params: Json) -> Json:
    slack.limits.on = bool(params["on"])
    return {"on": slack.limits.on}


def _people(slack: StandIn, params: Json) -> Json:
    user = params["user"]
    slack.people.change(user, {name: value for name, value in params.items() if name != "user"})
    if slack.people.find(user).get("deleted"):
        slack.sessions.hang_up(user)
    shown = slack.people.user_object(user)
    slack.sessions.tell_all({"type": "user", "user": shown})
    _announce(slack, {"type": "user_change", "user": shown}, user)
    return {"user": shown}


def _groups(slack: StandIn, params: Json) -> Json:
    group = slack.groups.find(params["usergroup"])
    if "users" in params:
        slack.channels.check_people(params["users"])
        _announce(slack, _membership(slack, group, params["users"]), "")
        group["users"] = list(params["users"])
    if "disabled" in params:
        group["date_delete"] = int(slack.clock.now()) if params["disabled"] else 0
    shown = slack.groups.usergroup_object(group["id"], users=True)
    _announce(slack, {"type": "subteam_updated", "subteam": shown}, "")
    slack.sessions.tell_all({"type": "usergroup", "usergroup": shown})
    return {"usergroup": shown}


def _membership(slack: StandIn, group: Json, users: list[str]) -> Json:
    added, removed = (
        [u for u in users if u not in group["users"]],
        [u for u in group["users"] if u not in users],
    )
    return {
        "type": "subteam_members_changed",
        "subteam_id": group["id"],
        "team_id": slack.workspace.team_id,
        "date_update": int(slack.clock.now()),
        "added_users": added,
        "added_users_count": len(added),
        "removed_users": removed,
        "removed_users_count": len(removed),
    }


def _channels(slack: StandIn, params: Json) -> Json:
    channel = slack.channels.find(params["channel"])
    before = channel["members"]
    if "members" in params:
        slack.channels.check_people(params["members"])
        channel["members"] = list(params["members"])
    if "archived" in params:
        channel["archived"] = bool(params["archived"])
    slack.tell_about_channel(channel["id"], before=before)
    return {"channel": channel}


def _socket(slack: StandIn, params: Json) -> Json:
    if params["do"] == "cut":
        slack.socket_mode.cut()
    elif params["do"] == "disconnect" and params.get("reason", "refresh_requested") in REASONS:
        slack.socket_mode.refresh(params.get("reason", "refresh_requested"))
    else:
        raise SlackError("invalid_arguments", detail=f"do: disconnect or cut; reason: {', '.join(REASONS)}")
    return {}


def _state(slack: StandIn, _: Json) -> Json:
    return {
        "connections": slack.socket_mode.connections,
        "sessions": len(slack.sessions),
        "now": slack.clock.now(),
        "shift_s": slack.clock.shift_s,
    }


def _announce(slack: StandIn, event: Json, user: str) -> None:
    if slack.manifest.events is not None and event["type"] in slack.manifest.events:
        user_actions.emit(slack, event, user)


CONTROL_HANDLERS: dict[tuple[str, str], ControlHandler] = {
    ("GET", "calls"): _calls,
    ("DELETE", "calls"): _forget_calls,
    ("GET", "messages"): _messages,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _arm,
    ("DELETE", "faults"): _disarm,
    ("POST", "clock"): _clock,
    ("POST", "limits"): _limits,
    ("POST", "people"): _people,
    ("POST", "groups"): _groups,
    ("POST", "channels"): _channels,
    ("POST", "socket"): _socket,
    ("GET", "state"): _state,
}


async def answer_control(slack: StandIn, request: Request) -> Response:
    handler = CONTROL_HANDLERS.get((request.method, request.path_params["handler"]))
    if handler is None:
        return JSONResponse({"ok": False, "error": "unknown_call"}, 404)

    async def turn() -> Json:
        params = await read_params(request) if request.method == "POST" else dict(request.query_params)
        answer = handler(slack, params)
        slack.changed()
        return answer

    return await answered(turn)


async def list_vendors(vendors: Sequence[VendorAdmin]) -> Response:
    """`/control/vendors`: each vendor's back office, and the path here under which its faults are."""

    async def listing() -> Json:
        return {
            "vendors": [
                {"title": each.title, "office": each.address, "faults": f"/control/vendors/{number}/faults"}
                for number, each in enumerate(vendors)
            ]
        }

    return await answered(listing)


async def answer_for_vendor(vendors: Sequence[VendorAdmin], request: Request) -> Response:
    """`/control/vendors/NUMBER/faults`: passed on to the vendor, as the page may call only this server."""

    async def ask() -> Json:
        number = int(request.path_params["number"])
        if number >= len(vendors):
            raise SlackError("no_vendor")
        vendor = vendors[number]
        return await vendor.faults(
            request.method, await read_params(request) if request.method == "POST" else None
        )

    return await answered(ask)
