"""conversations.*"""

from bot.sandbox.slack import posting
from bot.sandbox.slack.channels import SCOPE_OF_KIND
from bot.sandbox.slack.methods.arguments import flag, page, text
from bot.sandbox.slack.methods.table import method
from bot.sandbox.slack.protocol import Json, SlackError
from bot.sandbox.slack.stand_in import StandIn
from bot.sandbox.slack.workspace import BOT_USER

KIND_OF_TYPE = {"public_channel": "channel", "private_channel": "private", "im": "im"}


@method("conversations.open")
def open_conversation(slack: StandIn, args: Json) -> Json:
    users = [user.strip() for user in text(args, "users").split(",") if user.strip()]
    if not users and not text(args, "channel"):
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        slack.need_scope("mpim:write")
        raise SlackError("too_many_users")  # this workspace has no group DMs
    slack.need_scope("im:write")
    if not users:
        found = slack.channels.seen_by(BOT_USER, text(args, "channel"))
        if found["kind"] != "im":
            raise SlackError("method_not_supported_for_channel_type")
        return {"channel": _opened(slack, args, found), "no_op": True, "already_open": True}
    existed = slack.channels.im_with(_reachable(slack, users[0])) is not None
    if flag(args, "prevent_creation") and not existed:
        raise SlackError("channel_not_found")
    channel = posting.open_dm(slack, users[0])
    return {"channel": _opened(slack, args, channel)} | (
        {"no_op": True, "already_open": True} if existed else {}
    )


def _opened(slack: StandIn, args: Json, channel: Json) -> Json:
    return slack.channels.conversation_object(channel) if flag(args, "return_im") else {"id": channel["id"]}


def _reachable(slack: StandIn, user: str) -> str:
    person = slack.people.find(user)
    if person.get("deleted"):
        raise SlackError("user_disabled")
    if person.get("is_stranger"):
        raise SlackError("user_not_visible")
    return user


def _visible(slack: StandIn, args: Json, what: str = "read") -> Json:
    channel = slack.channels.seen_by(BOT_USER, text(args, "channel"))
    slack.need_scope(f"{SCOPE_OF_KIND[channel['kind']]}:{what}")
    return channel


@method("conversations.info")
def info(slack: StandIn, args: Json) -> Json:
    channel = _visible(slack, args)
    shown = slack.channels.conversation_object(channel)
    if flag(args, "include_num_members"):
        shown["num_members"] = len(channel["members"])
    return {"channel": shown}


@method("conversations.members")
def members(slack: StandIn, args: Json) -> Json:
    channel = _visible(slack, args)
    some, cursor = page(args, channel["members"])
    return {"members": some, "response_metadata": {"next_cursor": cursor}}


@method("conversations.list")
def list_conversations(slack: StandIn, args: Json) -> Json:
    types = text(args, "types", "public_channel").replace(" ", "").split(",")
    if not set(types) <= {*KIND_OF_TYPE, "mpim"}:
        raise SlackError("invalid_types")
    kinds = {KIND_OF_TYPE[name] for name in types if name in KIND_OF_TYPE}
    for kind in sorted(kinds):
        slack.need_scope(f"{SCOPE_OF_KIND[kind]}:read")
    found = [
        slack.channels.conversation_object(channel)
        for channel in slack.channels.everything()
        if channel["kind"] in kinds
        and (channel["kind"] == "channel" or BOT_USER in channel["members"])
        and not (flag(args, "exclude_archived") and channel.get("archived"))
    ]
    some, cursor = page(args, found)
    return {"channels": some, "response_metadata": {"next_cursor": cursor}}


@method("conversations.history")
def history(slack: StandIn, args: Json) -> Json:
    channel = _visible(slack, args, "history")
    if BOT_USER not in channel["members"]:
        raise SlackError("not_in_channel")
    oldest, latest = text(args, "oldest", "0"), text(args, "latest", "99999999999")
    inclusive = flag(args, "inclusive")
    found = [
        message
        for message in reversed(slack.messages.history(channel["id"]))
        if float(oldest) < float(message["ts"]) < float(latest)
        or (inclusive and message["ts"] in (oldest, latest))
    ]
    some, cursor = page(args, found, most=999)
    return {
        "messages": some,
        "has_more": bool(cursor),
        "pin_count": 0,
        **({"response_metadata": {"next_cursor": cursor}} if cursor else {}),
    }
