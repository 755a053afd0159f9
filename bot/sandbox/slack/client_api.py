"""`/client/…`: the protocol between a person's page (or a test) and Slack."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.slack import clicks, submissions, user_actions
from bot.sandbox.slack.protocol import Json, SlackError
from bot.sandbox.slack.sessions import Session
from bot.sandbox.slack.stand_in import StandIn
from bot.sandbox.slack.workspace import BOT_USER

ClientCall = Callable[[StandIn, Json], Awaitable[Json]]


def boot(slack: StandIn, user: str) -> Json:
    slack.people.active(user)
    mine = [channel["id"] for channel in slack.channels.everything() if user in channel["members"]]
    home = slack.views.home_of(user)
    manifest = slack.manifest
    return {
        "team": slack.workspace.team,
        "me": slack.people.user_object(user),
        "users": [slack.people.user_object(person["id"]) for person in slack.people.everyone()],
        "channels": [slack.channel_card(channel, user) for channel in mine],
        "commands": [
            _pick(entry, "command", "usage_hint", "description") for entry in manifest.commands.values()
        ],
        "shortcuts": [_pick(entry, "callback_id", "name", "type") for entry in manifest.shortcuts],
        "app": {"name": manifest.name, "user": BOT_USER, "tabs": manifest.tabs},
        "usergroups": [
            slack.groups.usergroup_object(group["id"], users=True) for group in slack.groups.everything()
        ],
        "home": slack.views.shown(home) if home else None,
        "network": slack.network.latest(),
        "environment": {
            "transport": "http" if slack.request_url else "socket",
            "connections": slack.socket_mode.connections,
            "request_url": slack.request_url,
        },
    }


def _pick(entry: Json, *names: str) -> Json:
    return {name: entry.get(name, "") for name in names}


def history(slack: StandIn, user: str, channel: str) -> Json:
    slack.channels.joined_by(user, channel)
    return {"messages": slack.messages.history(channel)}


async def serve_session(slack: StandIn, socket: WebSocket) -> None:
    user = socket.query_params.get("user", "")
    try:
        slack.people.active(user)
    except SlackError as error:
        await socket.close(code=4003, reason=error.error)
        return
    await socket.accept()
    session = slack.sessions.open(slack.workspace.new_id("W"), user)
    writer = slack.tasks.start(_write(session, socket))
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        writer.cancel()
        slack.sessions.close(session)
        slack.ephemerals.forget(session)
        slack.views.forget(session)


async def _write(session: Session, socket: WebSocket) -> None:
    while (frame := await session.frames.get()) is not None:
        await socket.send_json(frame)
    await socket.close(code=4003)


async def _message(slack: StandIn, params: Json) -> Json:
    slack.people.active(params["user"])
    return {"message": user_actions.say(slack, params["user"], params["channel"], params["text"])}


async def _command(slack: StandIn, params: Json) -> Json:
    await user_actions.command(slack, _session(slack, params), params["channel"], params["text"])
    return {}


async def _shortcut(slack: StandIn, params: Json) -> Json:
    channel, ts = params.get("channel", ""), params.get("message_ts", "")
    await user_actions.shortcut(slack, _session(slack, params), params["callback_id"], channel, ts)
    return {}


async def _action(slack: StandIn, params: Json) -> Json:
    await clicks.act(slack, _session(slack, params), params)
    return {}


async def _suggest(slack: StandIn, params: Json) -> Json:
    return await clicks.suggest(slack, _session(slack, params), params)


async def _submit(slack: StandIn, params: Json) -> Json:
    return await submissions.submit(
        slack, _session(slack, params), params["view_id"], params.get("state") or {}
    )


async def _close(slack: StandIn, params: Json) -> Json:
    whole = bool(params.get("clear"))
    submissions.close(slack, _session(slack, params), params["view_id"], whole_stack=whole)
    return {}


async def _home(slack: StandIn, params: Json) -> Json:
    session = _session(slack, params)
    return user_actions.open_home(slack, session.user, params.get("tab", "home"))


async def _read(slack: StandIn, params: Json) -> Json:
    user, channel = params["user"], params["channel"]
    slack.channels.joined_by(user, channel)
    messages = slack.messages.history(channel)
    if messages:
        slack.workspace.read.setdefault(user, {})[channel] = messages[-1]["ts"]
    return {}


CLIENT_CALLS: dict[str, ClientCall] = {
    "message": _message,
    "command": _command,
    "shortcut": _shortcut,
    "action": _action,
    "suggest": _suggest,
    "submit": _submit,
    "close": _close,
    "home": _home,
    "read": _read,
}


def _session(slack: StandIn, params: Json) -> Session:
    slack.people.active(params["user"])
    return slack.sessions.find(params["session"], params["user"])


async def answer_client_call(slack: StandIn, request: Request) -> Response:
    """One POST of the protocol. Refusals are JSON responses too, so that the page can show them."""
    client_call = CLIENT_CALLS.get(request.path_params["client_call"])
    if client_call is None:
        return JSONResponse({"ok": False, "error": "unknown_call"}, 404)
    return await answered(lambda: _perform(slack, client_call, request))


async def _perform(slack: StandIn, client_call: ClientCall, request: Request) -> Json:
    params = await read_params(request)
    answer = await client_call(slack, params)
    slack.changed()
    return answer


async def read_params(request: Request) -> Json:
    params: Any = await request.json()
    if not isinstance(params, dict) or not isinstance(params.get("container", {}), dict):
        raise SlackError("invalid_arguments", detail="the body and its container are objects")
    if not _is_state(params.get("state") or {}):
        raise SlackError("invalid_arguments", detail="state: {block_id: {action_id: {…}}}")
    return params


def _is_state(state: Any) -> bool:
    return isinstance(state, dict) and all(
        isinstance(actions, dict) and all(isinstance(filled, dict) for filled in actions.values())
        for actions in state.values()
    )


async def answered(work: Callable[[], Awaitable[Json]]) -> Response:
    try:
        return JSONResponse({"ok": True, **await work()})
    except SlackError as error:
        return JSONResponse(error.body())
    except KeyError as error:
        return JSONResponse({"ok": False, "error": "invalid_arguments", "detail": f"missing {error}"})
    except ValueError as error:
        return JSONResponse({"ok": False, "error": "invalid_arguments", "detail": str(error)})
