"""views.*"""

from typing import Any

from bot.sandbox.slack.methods.arguments import text
from bot.sandbox.slack.methods.table import method
from bot.sandbox.slack.posting import parsed
from bot.sandbox.slack.protocol import Json, SlackError, invalid_arguments
from bot.sandbox.slack.stand_in import StandIn


def _content(args: Json) -> Any:
    try:
        return parsed(args.get("view"), "invalid_arguments", dict)
    except SlackError:
        raise invalid_arguments("must provide an object [json-pointer:/view]") from None


@method("views.open")
def open_view(slack: StandIn, args: Json) -> Json:
    _need(args, "trigger_id")
    return {"view": slack.views.shown(slack.views.open(args["trigger_id"], _content(args)))}


@method("views.push")
def push(slack: StandIn, args: Json) -> Json:
    _need(args, "trigger_id")
    return {"view": slack.views.shown(slack.views.push(args["trigger_id"], _content(args)))}


@method("views.update")
def update(slack: StandIn, args: Json) -> Json:
    if args.get("view_id"):
        view = slack.views.by_id(args["view_id"])
    elif args.get("external_id"):
        view = slack.views.by_external_id(args["external_id"])
    else:
        raise invalid_arguments("missing required field: view_id or external_id")
    return {"view": slack.views.shown(slack.views.update(view, _content(args), args.get("hash")))}


@method("views.publish")
def publish(slack: StandIn, args: Json) -> Json:
    if not slack.manifest.home_tab:
        raise SlackError("not_enabled")
    user = text(args, "user_id")
    if user not in slack.workspace.people:
        raise invalid_arguments("must be a user of this workspace [json-pointer:/user_id]")
    return {"view": slack.views.shown(slack.views.publish(user, _content(args), args.get("hash")))}


def _need(args: Json, name: str) -> None:
    if not args.get(name):
        raise invalid_arguments(f"missing required field: {name}")
