"""users.*, usergroups.*, team.info, bots.info"""

from bot.sandbox.slack.methods.arguments import flag, page, text
from bot.sandbox.slack.methods.table import method
from bot.sandbox.slack.protocol import Json, SlackError
from bot.sandbox.slack.stand_in import StandIn
from bot.sandbox.slack.workspace import APP_ID, BOT_ID, BOT_USER


def _email_shown(slack: StandIn) -> bool:
    return slack.manifest.allows("users:read.email")


@method("users.info")
def user_info(slack: StandIn, args: Json) -> Json:
    return {"user": slack.people.user_object(text(args, "user"), email=_email_shown(slack))}


@method("users.list")
def user_list(slack: StandIn, args: Json) -> Json:
    email = _email_shown(slack)
    everyone = [slack.people.user_object(person["id"], email=email) for person in slack.people.everyone()]
    some, cursor = page(args, everyone)
    now = int(slack.clock.now())
    return {"members": some, "cache_ts": now, "response_metadata": {"next_cursor": cursor}}


@method("usergroups.list")
def usergroup_list(slack: StandIn, args: Json) -> Json:
    users, count = flag(args, "include_users"), flag(args, "include_count")
    found = [
        slack.groups.usergroup_object(group["id"], users=users, count=count)
        for group in slack.groups.everything()
        if flag(args, "include_disabled") or not group.get("date_delete")
    ]
    return {"usergroups": found}


@method("usergroups.users.list")
def usergroup_users(slack: StandIn, args: Json) -> Json:
    group = slack.groups.find(text(args, "usergroup"))
    if group.get("date_delete") and not flag(args, "include_disabled"):
        raise SlackError("no_such_subteam")
    return {"users": list(group["users"])}


@method("team.info")
def team_info(slack: StandIn, args: Json) -> Json:
    if text(args, "team", slack.workspace.team_id) != slack.workspace.team_id:
        raise SlackError("team_not_found")
    team = slack.workspace.team
    return {"team": {**team, "url": f"{slack.address}/", "email_domain": "", "icon": {"image_default": True}}}


@method("bots.info")
def bot_info(slack: StandIn, args: Json) -> Json:
    if text(args, "bot") != BOT_ID:
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": BOT_ID,
            "deleted": False,
            "name": slack.manifest.name,
            "app_id": APP_ID,
            "user_id": BOT_USER,
        }
    }
