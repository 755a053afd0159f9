"""The app's messages: validating them, posting them, changing them."""

import json
from typing import Any

from bot.sandbox.slack.blocks.surfaces import faults_of_message
from bot.sandbox.slack.protocol import Json, SlackError
from bot.sandbox.slack.stand_in import StandIn
from bot.sandbox.slack.views import with_ids
from bot.sandbox.slack.workspace import APP_ID, BOT_ID, BOT_USER

CUT_TEXT_AT = 40_000  # chat.postMessage cuts longer texts
LONGEST_TEXT = 4_000  # chat.update, chat.postEphemeral and response_url refuse longer ones
LONGEST_MARKDOWN = 12_000
MOST_ATTACHMENTS = 100
NO_TEXT = "This content can't be displayed."  # Slack's notification for blocks without text


class RateLimited(SlackError):
    """429 with a Retry-After header."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("ratelimited")
        self.retry_after_s = retry_after_s


def read_content(slack: StandIn, args: Json, *, longest: int = LONGEST_TEXT) -> Json:
    """The `text`, `blocks`, `attachments` and `metadata` that were sent, checked."""
    content: Json = {}
    if args.get("markdown_text") is not None:
        _check_markdown(args)
        content["text"] = args["markdown_text"]
    if args.get("text") is not None:
        text = str(args["text"])
        if len(text) > longest:
            raise SlackError("msg_too_long")
        content["text"] = text
    blocks = parsed(args.get("blocks"), "invalid_blocks_format", list)
    if blocks is not None:
        check_blocks(blocks)
        content["blocks"] = with_ids(blocks, slack.workspace.new_id)
    attachments = parsed(args.get("attachments"), "invalid_attachments", list)
    if attachments is not None:
        if len(attachments) > MOST_ATTACHMENTS:
            raise SlackError("too_many_attachments")
        content["attachments"] = attachments
    metadata = parsed(args.get("metadata"), "invalid_metadata_format", dict)
    if metadata is not None:
        if not isinstance(metadata.get("event_type"), str) or not isinstance(
            metadata.get("event_payload"), dict
        ):
            raise SlackError("invalid_metadata_format")
        content["metadata"] = metadata
    return content


def parsed(value: Any, error: str, kind: type) -> Any:
    """A structure, or its JSON text, which is how forms send structures."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise SlackError(error) from None
    if not isinstance(value, kind):
        raise SlackError(error)
    return value


def check_blocks(blocks: list[Any]) -> None:
    faults = faults_of_message(blocks)
    if faults:
        messages = [f"[ERROR] {fault}" for fault in faults]
        raise SlackError("invalid_blocks", errors=faults, response_metadata={"messages": messages})


def has_content(content: Json) -> bool:
    return any(content.get(name) for name in ("text", "blocks", "attachments"))


def as_bot(slack: StandIn, content: Json) -> Json:
    """The message with this content, without its timestamp."""
    if not has_content(content):
        raise SlackError("no_text")
    return {
        "user": BOT_USER,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "team": slack.workspace.team_id,
        "bot_profile": {
            "id": BOT_ID,
            "app_id": APP_ID,
            "name": slack.manifest.name,
            "team_id": slack.workspace.team_id,
        },
        **content,
        "text": content.get("text") or NO_TEXT,
    }


def place_to_post(slack: StandIn, channel: str) -> Json:
    """The conversation to post to, by id, by `#name`, or by a person's id for their DM."""
    if channel in slack.workspace.people:
        found = open_dm(slack, channel)
    else:
        found = slack.channels.seen_by(BOT_USER, slack.channels.named(channel) or channel)
    if found["kind"] == "im":
        if not slack.manifest.messages_tab:
            raise SlackError("messages_tab_disabled")
        if slack.people.find(slack.channels.other_side(found, BOT_USER)).get("deleted"):
            raise SlackError("is_archived")
    if BOT_USER not in found["members"] and not slack.manifest.scopes_include("chat:write.public"):
        raise SlackError("not_in_channel")
    if found.get("archived"):
        raise SlackError("is_archived")
    return found


def open_dm(slack: StandIn, user: str) -> Json:
    person = slack.people.find(user)
    if person.get("is_bot") or user == "USLACKBOT":
        raise SlackError("cannot_dm_bot")
    channel, new = slack.channels.open_im(user)
    if new:
        slack.tell_about_channel(channel["id"])
    return channel


def post(slack: StandIn, channel: str, content: Json) -> Json:
    message = as_bot(slack, content)
    wait = slack.limits.wait_for_post(channel)
    if wait:
        raise RateLimited(wait)
    message = slack.messages.post(channel, message)
    slack.tell_channel(channel, {"type": "message", "message": message})
    return message


def send_ephemeral(slack: StandIn, user: str, channel: str, content: Json) -> tuple[Json, bool]:
    """Shows an ephemeral message; also returns whether the person had an open tab."""
    message = {"type": "message", "ts": slack.clock.ts(), **as_bot(slack, content), "is_ephemeral": True}
    if slack.faults.take("offline", user=user):
        return message, False
    return message, slack.ephemerals.show(user, channel, message)


def revise(slack: StandIn, channel: str, ts: str, content: Json) -> Json:
    """Changes a stored message. New text without blocks removes the old blocks."""
    old = slack.messages.find(channel, ts)
    said_anew = any(name in content for name in ("text", "blocks", "attachments"))
    if said_anew and not has_content(content):
        raise SlackError("no_text")
    changed = {**old, **content}
    if said_anew and "blocks" not in content:
        changed.pop("blocks", None)
        changed["edited"] = {"user": BOT_USER, "ts": slack.clock.ts()}
    if said_anew and "text" not in content:
        changed["text"] = NO_TEXT
    message = slack.messages.change(channel, ts, changed)
    slack.tell_channel(channel, {"type": "message_changed", "message": message})
    return message


def _check_markdown(args: Json) -> None:
    if args.get("text") or args.get("blocks"):
        raise SlackError("markdown_text_conflict")
    if len(str(args["markdown_text"])) > LONGEST_MARKDOWN:
        raise SlackError("msg_too_long")
