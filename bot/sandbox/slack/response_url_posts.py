"""Posts to a response_url: new messages, and changes of the message that was interacted with."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox.slack import posting
from bot.sandbox.slack.abort import AbortedResponse
from bot.sandbox.slack.methods.arguments import flag
from bot.sandbox.slack.protocol import Json, SlackError
from bot.sandbox.slack.response_urls import ResponseUrl
from bot.sandbox.slack.stand_in import StandIn

STATUS = {"invalid_url": 404, "expired_url": 404, "used_url": 404}


async def answer_response_url_post(slack: StandIn, request: Request) -> Response:
    body = await request.body()
    entry = slack.recorder.begin("response_url", "response_url", _shown(body))
    if slack.faults.take("drop_before", "response_url"):
        slack.recorder.finish(entry, None, None, "connection dropped before the effect")
        return AbortedResponse()
    try:
        made = slack.response_urls.use(request.path_params["key"], request.path_params["secret"])
        delivered = _follow(slack, made, _read(body))
    except SlackError as error:
        status = STATUS.get(error.error, 400)
        slack.recorder.finish(entry, error.body(), status, error.error)
        return JSONResponse(error.body(), status)
    if delivered is not None:
        entry.marks["delivered"] = delivered
    slack.changed()
    slack.recorder.finish(entry, {"ok": True}, 200)
    return JSONResponse({"ok": True})


def _shown(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")


def _read(body: bytes) -> Json:
    try:
        loaded = json.loads(body)
    except ValueError:
        raise SlackError("invalid_payload") from None
    if not isinstance(loaded, dict):
        raise SlackError("invalid_payload")
    return loaded


def _follow(slack: StandIn, made: ResponseUrl, params: Json) -> bool | None:
    """Carries out the post; for ephemerals returns whether the person had an open tab."""
    if flag(params, "delete_original"):
        return _delete(slack, made)
    content = posting.read_content(slack, params)
    if flag(params, "replace_original") and made.original_ts is not None:
        return _replace(slack, made, content)
    if params.get("response_type", "ephemeral") == "in_channel":
        posting.post(slack, made.channel, content)
        return None
    return posting.send_ephemeral(slack, made.user, made.channel, content)[1]


def _delete(slack: StandIn, made: ResponseUrl) -> bool | None:
    if made.original_ts is None:
        raise SlackError("message_not_found")  # there is none: the response_url came with a slash command
    if made.original_is_ephemeral:
        return slack.ephemerals.delete(made.user, made.original_ts)
    slack.messages.delete(made.channel, made.original_ts)
    slack.tell_channel(made.channel, {"type": "message_deleted", "ts": made.original_ts})
    return None


def _replace(slack: StandIn, made: ResponseUrl, content: Json) -> bool | None:
    assert made.original_ts is not None
    if not made.original_is_ephemeral:
        posting.revise(slack, made.channel, made.original_ts, content)
        return None
    message = {
        "type": "message",
        "ts": made.original_ts,
        **posting.as_bot(slack, content),
        "is_ephemeral": True,
    }
    return slack.ephemerals.replace(made.user, made.original_ts, message)
