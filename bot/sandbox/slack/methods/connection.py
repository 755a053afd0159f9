"""api.test, auth.test, apps.connections.open"""

from bot.sandbox.slack.methods.arguments import text
from bot.sandbox.slack.methods.table import method
from bot.sandbox.slack.protocol import Json, SlackError
from bot.sandbox.slack.stand_in import StandIn
from bot.sandbox.slack.workspace import APP_ID, BOT_ID, BOT_USER


@method("api.test")
def api_test(slack: StandIn, args: Json) -> Json:  # noqa: ARG001  # every method gets both
    if text(args, "error"):
        raise SlackError(text(args, "error"), args=args)
    return {"args": args}


@method("auth.test")
def auth_test(slack: StandIn, args: Json) -> Json:  # noqa: ARG001
    return {
        "url": f"{slack.address}/",
        "team": slack.workspace.team["name"],
        "user": slack.people.find(BOT_USER)["name"],
        "team_id": slack.workspace.team_id,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


@method("apps.connections.open")
def connections_open(slack: StandIn, args: Json) -> Json:  # noqa: ARG001
    address = slack.address.replace("http", "ws", 1)
    return {"url": f"{address}/socket/?ticket={slack.socket_mode.ticket()}&app_id={APP_ID}"}
