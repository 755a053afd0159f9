"""Actions outside forms: messages, slash commands, shortcuts, opening the app's Home."""

from typing import Any, NoReturn

from bot.sandbox.slack import payloads, posting
from bot.sandbox.slack.delivery import Ack, AppPayload
from bot.sandbox.slack.protocol import Json, SlackError
from bot.sandbox.slack.sessions import Session
from bot.sandbox.slack.stand_in import StandIn
from bot.sandbox.slack.workspace import BOT_USER

NOT_RESPONDING = "{name} failed because the app did not respond."


def make_trigger(slack: StandIn, session: Session, view_id: str | None = None) -> str:
    expired = slack.faults.take("expired_trigger", user=session.user) is not None
    return slack.triggers.make(session, view_id, expired=expired)


def fail_visibly(session: Session, ack: Ack, text: str) -> NoReturn:
    """Shows the person Slack's notice, then raises the error."""
    session.show({"type": "notice", "text": text})
    raise SlackError(str(ack.error))


def say(slack: StandIn, user: str, channel: str, text: str) -> Json:
    found = slack.channels.joined_by(user, channel)
    if found.get("archived"):
        raise SlackError("is_archived")
    if not text.strip():
        raise SlackError("no_text")
    if found["kind"] == "im" and (slack.manifest.messages_read_only or not slack.manifest.messages_tab):
        raise SlackError("messages_tab_disabled")
    escaped = slack.channels.escape(text, mentions=True, labels=False)
    message = slack.messages.post(
        channel, {"user": user, "text": escaped, "team": slack.people.team_of(user)}
    )
    slack.tell_channel(channel, {"type": "message", "message": message})
    _tell_app(slack, found, message)
    return message


def _tell_app(slack: StandIn, channel: Json, message: Json) -> None:
    if BOT_USER not in channel["members"]:
        return
    kind = {"im": "im", "private": "group"}.get(channel["kind"], "channel")
    name = {"im": "message.im", "private": "message.groups"}.get(channel["kind"], "message.channels")
    inner = {**message, "channel": channel["id"]}
    if slack.manifest.events is not None and name in slack.manifest.events:
        emit(slack, {**inner, "channel_type": kind}, message["user"])
    mentioned = f"<@{BOT_USER}" in message["text"] and kind != "im"
    if mentioned and slack.manifest.events is not None and "app_mention" in slack.manifest.events:
        emit(slack, {**inner, "type": "app_mention"}, message["user"])


def emit(slack: StandIn, inner: Json, user: str) -> None:
    slack.dispatcher.deliver_event(inner["type"], payloads.event(slack, payloads.copied(inner)), user)


async def command(slack: StandIn, session: Session, channel: str, typed: str) -> None:
    """Delivers a slash command and shows the message in its ack."""
    found = slack.channels.joined_by(session.user, channel)
    name, _, rest = typed.strip().partition(" ")
    declared = slack.manifest.commands.get(name)
    if declared is None or not slack.manifest.allows("commands"):
        session.show({"type": "notice", "text": f"{name} is not a valid command."})
        raise SlackError("unknown_command")
    text = slack.channels.escape(rest.strip(), mentions=bool(declared.get("should_escape")))
    trigger_id = make_trigger(slack, session)
    body = payloads.command(slack, session.user, found["id"], name, text, trigger_id)
    ack = await slack.dispatcher.deliver(AppPayload("slash_commands", name, body), session.user)
    if ack.error == "operation_timeout":
        fail_visibly(session, ack, NOT_RESPONDING.format(name=name))
    if ack.error:
        fail_visibly(session, ack, f'{name} failed with the error "{ack.error}".')
    _show_reply(slack, session, channel, typed, ack.body)


def _show_reply(slack: StandIn, session: Session, channel: str, typed: str, reply: Any) -> None:
    if reply is None:
        return
    answer: Json = {"text": reply} if isinstance(reply, str) else reply
    if not isinstance(answer, dict):
        fail_visibly(session, Ack(error="invalid_response"), "The app's answer could not be read.")
    in_channel = answer.get("response_type") == "in_channel"
    if in_channel:
        message = slack.messages.post(
            channel, {"user": session.user, "text": slack.channels.escape(typed, mentions=False)}
        )
        slack.tell_channel(channel, {"type": "message", "message": message})
    try:
        content = posting.read_content(slack, answer)
        if not posting.has_content(content):
            return
        if in_channel:
            posting.post(slack, channel, content)
        else:
            posting.send_ephemeral(slack, session.user, channel, content)
    except SlackError as error:
        session.show({"type": "notice", "text": f'The app\'s answer was refused: "{error.error}".'})
        raise


async def shortcut(
    slack: StandIn, session: Session, callback_id: str, channel: str = "", ts: str = ""
) -> None:
    declared = next((s for s in slack.manifest.shortcuts if s["callback_id"] == callback_id), None)
    if declared is None:
        raise SlackError("unknown_shortcut")
    on_message = declared["type"] == "message"
    body = payloads.envelope(slack, "message_action" if on_message else "shortcut", session.user)
    body |= {"callback_id": callback_id, "action_ts": slack.clock.ts()}
    if on_message:
        slack.channels.joined_by(session.user, channel)
        message = slack.messages.find(channel, ts)
        body |= {
            "channel": payloads.place(slack, channel),
            "message_ts": ts,
            "message": payloads.copied(message),
            "response_url": slack.response_urls.make(session.user, channel, ts),
        }
    body["trigger_id"] = make_trigger(slack, session)
    ack = await slack.dispatcher.deliver(AppPayload("interactive", body["type"], body), session.user)
    if ack.error:
        fail_visibly(session, ack, f"“{declared['name']}” did not work: the app did not respond.")


def open_home(slack: StandIn, user: str, tab: str) -> Json:
    """Opens a tab of the app's Home; returns its DM and its Home view, if any."""
    if tab not in slack.manifest.tabs:
        raise SlackError("not_enabled")
    channel = posting.open_dm(slack, user)
    home = slack.views.home_of(user)
    inner: Json = {"type": "app_home_opened", "user": user, "channel": channel["id"], "tab": tab}
    if home is not None and tab == "home":
        inner["view"] = slack.views.shown(home)
    if slack.manifest.listens_to("app_home_opened"):
        emit(slack, inner, user)
    return {
        "channel": slack.channel_card(channel["id"], user),
        "home": slack.views.shown(home) if home else None,
    }
