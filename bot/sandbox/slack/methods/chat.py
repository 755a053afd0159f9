"""chat.*"""

from bot.sandbox.slack import posting
from bot.sandbox.slack.methods.arguments import text
from bot.sandbox.slack.methods.table import method
from bot.sandbox.slack.protocol import Json, SlackError
from bot.sandbox.slack.stand_in import StandIn
from bot.sandbox.slack.workspace import BOT_ID, BOT_USER


@method("chat.postMessage")
def post_message(slack: StandIn, args: Json) -> Json:
    channel = posting.place_to_post(slack, text(args, "channel"))["id"]
    args["text"] = text(args, "text")[: posting.CUT_TEXT_AT] or None
    content = posting.read_content(slack, args, longest=posting.CUT_TEXT_AT) | _thread(slack, channel, args)
    message = posting.post(slack, channel, content)
    return {"channel": channel, "ts": message["ts"], "message": message}


@method("chat.postEphemeral")
def post_ephemeral(slack: StandIn, args: Json) -> Json:
    channel = posting.place_to_post(slack, text(args, "channel"))
    user = text(args, "user")
    if user not in channel["members"] or slack.people.find(user).get("deleted"):
        raise SlackError("user_not_in_channel")
    content = posting.read_content(slack, args) | _thread(slack, channel["id"], args)
    message, delivered = posting.send_ephemeral(slack, user, channel["id"], content)
    return {"message_ts": message["ts"], "_marks": {"delivered": delivered}}


@method("chat.update")
def update(slack: StandIn, args: Json) -> Json:
    channel, ts = _own_message(slack, args, "cant_update_message")
    if slack.channels.find(channel).get("archived"):
        raise SlackError("is_inactive")
    content = posting.read_content(slack, args)
    if not content:
        raise SlackError("no_text")
    message = posting.revise(slack, channel, ts, content)
    return {"channel": channel, "ts": ts, "text": message["text"], "message": message}


@method("chat.delete")
def delete(slack: StandIn, args: Json) -> Json:
    channel, ts = _own_message(slack, args, "cant_delete_message")
    slack.messages.delete(channel, ts)
    slack.tell_channel(channel, {"type": "message_deleted", "ts": ts})
    return {"channel": channel, "ts": ts}


@method("chat.getPermalink")
def get_permalink(slack: StandIn, args: Json) -> Json:
    channel, ts = text(args, "channel"), text(args, "message_ts")
    slack.channels.seen_by(BOT_USER, channel)
    slack.messages.find(channel, ts)
    return {"channel": channel, "permalink": f"{slack.address}/archives/{channel}/p{ts.replace('.', '')}"}


def _own_message(slack: StandIn, args: Json, error: str) -> tuple[str, str]:
    channel, ts = text(args, "channel"), text(args, "ts")
    slack.channels.seen_by(BOT_USER, channel)
    if slack.messages.find(channel, ts).get("bot_id") != BOT_ID:
        raise SlackError(error)
    return channel, ts


def _thread(slack: StandIn, channel: str, args: Json) -> Json:
    thread_ts = text(args, "thread_ts")
    if not thread_ts:
        return {}
    try:
        slack.messages.find(channel, thread_ts)
    except SlackError:
        raise SlackError("cannot_reply_to_message") from None
    return {"thread_ts": thread_ts}
