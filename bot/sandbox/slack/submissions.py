"""Submitting and closing modals, and carrying out the app's response to a submission."""

from typing import Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.delivery import Ack, AppPayload
from bot.sandbox.slack.form_state import form_errors
from bot.sandbox.slack.protocol import Json, SlackError
from bot.sandbox.slack.sessions import Session
from bot.sandbox.slack.stand_in import StandIn
from bot.sandbox.slack.user_actions import fail_visibly, make_trigger
from bot.sandbox.slack.views import LiveView

TROUBLE = "We had some trouble connecting. Try again?"
LONGEST_ERROR = 2000


async def submit(slack: StandIn, session: Session, view_id: str, given: Json) -> Json:
    """Delivers view_submission and carries out the response; returns that of POST /client/submit."""
    view = slack.views.in_front_of(session, view_id)
    if not view.content.get("submit") or view.content.get("submit_disabled"):
        raise SlackError("not_submittable", detail="this view has no submit button to press")
    slack.views.fill_in(view, given)
    errors = form_errors(view.content["blocks"], view.values)
    if errors:
        return {"ok": False, "errors": errors}
    body = payloads.envelope(slack, "view_submission", session.user)
    body["view"] = payloads.copied(slack.views.shown(view))
    body["trigger_id"] = make_trigger(slack, session, view.id)
    body["response_urls"] = _response_urls(slack, view)
    ack = await slack.dispatcher.deliver(AppPayload("interactive", "view_submission", body), session.user)
    if ack.error:
        fail_visibly(session, ack, TROUBLE)
    return _obey(slack, session, view, ack.body)


def close(slack: StandIn, session: Session, view_id: str, *, whole_stack: bool) -> None:
    """Closes views and sends view_closed for those with `notify_on_close`."""
    view = slack.views.in_front_of(session, view_id)
    for closed in slack.views.close(view, whole_stack=whole_stack):
        if closed.content.get("notify_on_close"):
            body = payloads.envelope(slack, "view_closed", session.user)
            body |= {"view": payloads.copied(slack.views.shown(closed)), "is_cleared": whole_stack}
            slack.dispatcher.deliver_in_background(
                AppPayload("interactive", "view_closed", body), session.user
            )


def _response_urls(slack: StandIn, view: LiveView) -> list[Json]:
    urls = []
    for block in view.content["blocks"]:
        element = block.get("element") or {}
        if block["type"] == "input" and element.get("response_url_enabled"):
            state = view.values[block["block_id"]][element["action_id"]]
            channel = state.get("selected_conversation") or state.get("selected_channel")
            if channel:
                url = slack.response_urls.make(view.user, channel)
                ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
                urls.append({"response_url": url, "channel_id": channel, **ids})
    return urls


def _obey(slack: StandIn, session: Session, view: LiveView, answer: Any) -> Json:
    if view.id not in session.stack:  # closed meanwhile, for example by a second click on Submit
        return {"ok": True}
    if answer in (None, ""):
        slack.views.close(view)
        return {"ok": True}
    try:
        return _follow(slack, session, view, answer)
    except SlackError as error:
        slack.recorder.note("refused", "view_submission", answer, **error.body())
        fail_visibly(session, Ack(error="invalid_response"), TROUBLE)


def _follow(slack: StandIn, session: Session, view: LiveView, answer: Any) -> Json:
    action = answer.get("response_action") if isinstance(answer, dict) else None
    if action == "errors":
        return {"ok": False, "errors": _checked_errors(view, answer.get("errors"))}
    if action == "update":
        slack.views.update(view, answer.get("view"))
    elif action == "push":
        slack.views.check(answer.get("view"))
        slack.views.stack_up(session, answer["view"])
    elif action == "clear":
        slack.views.close(view, whole_stack=True)
    else:
        raise SlackError("invalid_response", detail="an answer that is not empty needs a response_action")
    return {"ok": True}


def _checked_errors(view: LiveView, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.content["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise SlackError("invalid_response", detail="errors must name at least one block")
    for block_id, text in errors.items():
        if block_id not in inputs:
            raise SlackError("invalid_response", detail=f"{block_id} is not an input block of this view")
        if not isinstance(text, str) or not 0 < len(text) <= LONGEST_ERROR:
            raise SlackError("invalid_response", detail=f"the error of {block_id} must be text")
    return errors
