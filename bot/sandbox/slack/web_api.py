"""`/api/METHOD`: checks token, limits, scopes and arguments, runs the method, records the call."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox.slack import labels
from bot.sandbox.slack.abort import AbortedResponse
from bot.sandbox.slack.limits import METHODS
from bot.sandbox.slack.methods import TABLE
from bot.sandbox.slack.posting import RateLimited
from bot.sandbox.slack.protocol import Json, SlackError, invalid_arguments
from bot.sandbox.slack.stand_in import StandIn

FOR_APP_TOKENS = "apps.connections.open"
WITHOUT_TOKEN = "api.test"  # noqa: S105  # a method's name
CHECKED_BY_THE_METHOD = "conversations."  # the scope depends on the kind of conversation
TAKEN_BY_ALL = {"team_id"}  # needed with organisation-wide tokens, and always sent by SDKs


@dataclass(frozen=True)
class Call:
    method: str
    args: Json
    token: str
    warning: str | None = None  # Slack's warning about the form of the call


async def answer_call(slack: StandIn, request: Request) -> Response:
    name = request.path_params["method"]
    try:
        call = await _read(request, name)
    except SlackError as error:
        entry = slack.recorder.begin("api", name, None)
        return _finish(slack, entry, error.body(), 200, error.error)
    entry = slack.recorder.begin("api", name, call.args)
    entry.label = labels.of_call(slack.workspace, name, call.args)
    unknown = sorted(set(call.args) - set(METHODS.get(name, {}).get("arguments", call.args)) - TAKEN_BY_ALL)
    if unknown:
        entry.marks["unknown_arguments"] = unknown
    if slack.faults.take("drop_before", name):
        slack.recorder.finish(entry, None, None, "connection dropped before the effect")
        return AbortedResponse()
    fault = slack.faults.take("server_error", name)
    if fault:
        slack.recorder.finish(entry, "", fault.status, "server error")
        return Response("Internal Server Error", fault.status)
    try:
        body = _perform(slack, call)
    except RateLimited as error:
        headers = {"Retry-After": str(error.retry_after_s)}
        return _finish(slack, entry, error.body(), 429, "ratelimited", headers)
    except SlackError as error:
        return _finish(slack, entry, error.body(), 200, error.error, _scopes(slack, name))
    entry.marks |= body.pop("_marks", {})
    if call.warning:
        body |= {"warning": call.warning}
        body["response_metadata"] = {**body.get("response_metadata", {}), "warnings": [call.warning]}
    slack.changed()
    if slack.faults.take("drop_after", name):
        slack.recorder.finish(entry, body, None, "connection dropped after the effect")
        return AbortedResponse()
    return _finish(slack, entry, body, 200, None, _scopes(slack, name))


def _finish(
    slack: StandIn,
    entry: Any,
    body: Json,
    status: int,
    error: str | None,
    headers: dict[str, str] | None = None,
) -> Response:
    slack.recorder.finish(entry, body, status, error)
    return JSONResponse(body, status, headers)


def _scopes(slack: StandIn, method: str) -> dict[str, str]:
    headers = {"X-OAuth-Scopes": slack.provided_scopes}
    accepted = METHODS.get(method, {}).get("bot_scopes")
    return headers | ({"X-Accepted-OAuth-Scopes": ",".join(accepted)} if accepted else {})


def _perform(slack: StandIn, call: Call) -> Json:
    if call.method not in TABLE:
        raise SlackError("unknown_method", req_method=call.method)
    _check_token(slack, call)
    limited = slack.faults.take("rate_limited", call.method)
    wait = limited.retry_after if limited else slack.limits.wait_for_call(call.method)
    if wait:
        raise RateLimited(wait)
    refused = slack.faults.take("refused", call.method)
    if refused:
        raise SlackError(refused.error)
    facts = METHODS[call.method]
    if facts["bot_scopes"] and not call.method.startswith(CHECKED_BY_THE_METHOD):
        slack.need_scope(*facts["bot_scopes"])
    badly_named = [name for name in call.args if not re.fullmatch(r"\w{1,100}", name, re.ASCII)]
    if badly_named:
        raise SlackError("invalid_arg_name")
    missing = [name for name in facts["required"] if call.args.get(name) in (None, "")]
    if missing:
        raise invalid_arguments(*(f"missing required field: {name}" for name in missing))
    return {"ok": True, **TABLE[call.method](slack, call.args)}


def _check_token(slack: StandIn, call: Call) -> None:
    if call.method == WITHOUT_TOKEN:
        return
    if not call.token:
        raise SlackError("not_authed")
    if call.token not in (slack.workspace.bot_token, slack.workspace.app_token):
        raise SlackError("invalid_auth")
    if (call.token == slack.workspace.app_token) != (call.method == FOR_APP_TOKENS):
        raise SlackError("not_allowed_token_type")


async def _read(request: Request, method: str) -> Call:
    args: Json = dict(request.query_params)
    warning = None
    body = await request.body()
    kind, _, charset = request.headers.get("content-type", "").partition(";")
    takes_json = METHODS.get(method, {}).get("json_body", True)
    if body and kind == "application/json":
        if takes_json:  # like Slack, other methods ignore a JSON body
            args |= _from_json(body)
            warning = None if "charset" in charset else "missing_charset"
    elif body and kind == "multipart/form-data":
        args |= {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    elif body and kind in ("application/x-www-form-urlencoded", ""):
        args |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    elif body:
        raise SlackError("invalid_post_type")
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    in_body = str(args.pop("token", "") or "")
    return Call(method, args, bearer.strip() if scheme.lower() == "bearer" else in_body, warning)


def _from_json(body: bytes) -> Json:
    try:
        loaded = json.loads(body)
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(loaded, dict):
        raise SlackError("json_not_object")
    return loaded
