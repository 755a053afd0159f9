"""Interactions with blocks: buttons, menus, typing into an external menu."""

from dataclasses import dataclass, field

from bot.sandbox.slack import payloads
from bot.sandbox.slack.blocks.surfaces import faults_of_options
from bot.sandbox.slack.delivery import Ack, AppPayload
from bot.sandbox.slack.form_state import Suggested, accepted, complete, find_element
from bot.sandbox.slack.protocol import Json, SlackError
from bot.sandbox.slack.sessions import Session
from bot.sandbox.slack.stand_in import StandIn
from bot.sandbox.slack.user_actions import fail_visibly, make_trigger
from bot.sandbox.slack.views import LiveView

NO_ANSWER = "That did not work: the app did not respond. Try again."
DEFAULT_QUERY_LENGTH = 3


@dataclass
class Container:
    """The message or view whose blocks a person uses, and its form in payloads."""

    blocks: list[Json]
    named: Json
    view: LiveView | None = None
    channel: str | None = None
    message: Json | None = None
    ephemeral: bool = False
    suggested: Suggested = field(default_factory=dict)


def find_container(slack: StandIn, session: Session, wanted: Json) -> Container:
    kind = wanted.get("type")
    if kind in ("view", "home"):
        view = _view(slack, session, wanted)
        return Container(
            view.content["blocks"], {"type": "view", "view_id": view.id}, view=view, suggested=view.suggested
        )
    if kind not in ("message", "ephemeral"):
        raise SlackError("invalid_arguments", detail=f"container.type: {kind}")
    channel, ts = wanted["channel"], wanted["ts"]
    slack.channels.seen_by(session.user, channel)
    hidden = kind == "ephemeral"
    message = slack.ephemerals.find(session, channel, ts) if hidden else slack.messages.find(channel, ts)
    named = {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": hidden}
    suggested = slack.suggested.setdefault(f"{session.user} {ts}", {})
    return Container(message.get("blocks") or [], named, None, channel, message, hidden, suggested)


def _view(slack: StandIn, session: Session, wanted: Json) -> LiveView:
    if wanted["type"] == "view":
        return slack.views.in_front_of(session, wanted["view_id"])
    home = slack.views.home_of(session.user)
    if home is None:
        raise SlackError("view_not_open")
    return home


async def act(slack: StandIn, session: Session, params: Json) -> None:
    """Delivers block_actions for one element; `params` is the body of POST /client/action."""
    place = find_container(slack, session, params["container"])
    block, element = find_element(place.blocks, params["block_id"], params["action_id"])
    if block["type"] == "input" and not block.get("dispatch_action"):
        raise SlackError("not_interactive", detail="an input block acts only with dispatch_action")
    known = place.suggested.get((block["block_id"], element["action_id"]), {})
    state = {} if element["type"] == "button" else accepted(element, params.get("value"), known)
    given = dict(params.get("state") or {})
    if element["type"] not in ("button", "overflow"):
        given[block["block_id"]] = {**given.get(block["block_id"], {}), element["action_id"]: state}
    body = payloads.envelope(slack, "block_actions", session.user)
    body |= _where(slack, place, given)
    body["trigger_id"] = make_trigger(
        slack, session, place.view.id if place.view and place.view.session else None
    )
    if place.channel is not None:
        ts = place.named["message_ts"]
        body["response_url"] = slack.response_urls.make(
            session.user, place.channel, ts, ephemeral=place.ephemeral
        )
    body["actions"] = [payloads.action(element, block["block_id"], state, slack.clock.ts())]
    ack = await slack.dispatcher.deliver(AppPayload("interactive", "block_actions", body), session.user)
    if ack.error:
        fail_visibly(session, ack, NO_ANSWER)


async def suggest(slack: StandIn, session: Session, params: Json) -> Json:
    """Asks the app for the options of an external menu; `value` is what was typed so far."""
    place = find_container(slack, session, params["container"])
    block, element = find_element(place.blocks, params["block_id"], params["action_id"])
    if element["type"] not in ("external_select", "multi_external_select"):
        raise SlackError("not_external", detail=f"{element['type']} has its own options")
    typed = str(params.get("value") or "")
    if len(typed) < element.get("min_query_length", DEFAULT_QUERY_LENGTH):
        return {"options": []}
    body = payloads.envelope(slack, "block_suggestion", session.user)
    body |= _where(slack, place, dict(params.get("state") or {}))
    body |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": typed}
    ack = await slack.dispatcher.deliver(AppPayload("interactive", "block_suggestion", body), session.user)
    if ack.error:
        raise SlackError(ack.error)
    return _offered(session, ack, place.suggested.setdefault((block["block_id"], element["action_id"]), {}))


def _offered(session: Session, ack: Ack, remembered: dict[str, Json]) -> Json:
    faults = faults_of_options(ack.body)
    if faults:
        session.show({"type": "notice", "text": "The app's options could not be shown."})
        raise SlackError("invalid_options", response_metadata={"messages": [f"[ERROR] {f}" for f in faults]})
    groups = ack.body.get("option_groups") or [{"options": ack.body.get("options")}]
    remembered |= {option["value"]: option for group in groups for option in group["options"]}
    return {name: ack.body[name] for name in ("options", "option_groups") if ack.body.get(name) is not None}


def _where(slack: StandIn, place: Container, given: Json) -> Json:
    """`container`, and the view or the message with its state."""
    if place.view is not None:
        slack.views.fill_in(place.view, given)
        return {"container": place.named, "view": payloads.copied(slack.views.shown(place.view))}
    assert place.channel is not None
    values = complete(place.blocks, given, {}, place.suggested)
    where: Json = {
        "container": place.named,
        "channel": payloads.place(slack, place.channel),
        "state": {"values": values},
    }
    if not place.ephemeral:  # Slack does not store ephemeral messages, so payloads lack them
        where["message"] = payloads.copied(place.message)
    return where
