"""People and user groups, in the form of users.* and usergroups.*."""

from bot.sandbox.slack.protocol import Json, SlackError
from bot.sandbox.slack.workspace import BOT_ID, Workspace

FLAGS = (
    "deleted",
    "is_bot",
    "is_restricted",
    "is_ultra_restricted",
    "is_stranger",
    "is_invited_user",
    "is_admin",
)


class People:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def find(self, user: str) -> Json:
        try:
            return self._workspace.people[user]
        except KeyError:
            raise SlackError("user_not_found") from None

    def active(self, user: str) -> Json:
        """A person who can use Slack now; raises otherwise."""
        person = self.find(user)
        if person.get("deleted"):
            raise SlackError("account_inactive")
        return person

    def everyone(self) -> list[Json]:
        return list(self._workspace.people.values())

    def team_of(self, user: str) -> str:
        return str(self.find(user).get("team_id", self._workspace.team_id))

    def change(self, user: str, flags: Json) -> None:
        person = self.find(user)
        for flag, value in flags.items():
            if flag not in FLAGS or not isinstance(value, bool):
                raise SlackError("invalid_arguments", detail=f"{flag}: not a flag of a person")
            person[flag] = value

    def user_object(self, user: str, *, email: bool = False) -> Json:
        """The user object; like Slack's, it leaves out some flags that are false."""
        person = self.find(user)
        profile = {
            "real_name": person["real_name"],
            "display_name": person["real_name"],
            "title": person.get("title", ""),
            "team": self.team_of(user),
        }
        if email and not person.get("is_bot"):
            profile["email"] = f"{person['name']}@acme-support.example"
        shown: Json = {
            "id": user,
            "team_id": self.team_of(user),
            "name": person["name"],
            "deleted": bool(person.get("deleted")),
            "profile": profile,
            "is_bot": bool(person.get("is_bot")),
        }
        if person.get("deleted"):
            return shown
        shown |= {"real_name": person["real_name"], "tz": "Europe/London", "is_app_user": False}
        shown |= {flag: bool(person.get(flag)) for flag in FLAGS if flag in ("is_admin", "is_restricted")}
        shown |= {flag: True for flag in FLAGS if person.get(flag)}
        shown["is_ultra_restricted"] = bool(person.get("is_ultra_restricted"))
        if person.get("is_bot"):
            profile |= {"bot_id": BOT_ID, "api_app_id": "A0GIFTAPP"}
        return shown


class Groups:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def find(self, group: str) -> Json:
        try:
            return self._workspace.groups[group]
        except KeyError:
            raise SlackError("no_such_subteam") from None

    def everything(self) -> list[Json]:
        return list(self._workspace.groups.values())

    def usergroup_object(self, group: str, *, users: bool = False, count: bool = False) -> Json:
        kept = self.find(group)
        shown: Json = {
            "id": group,
            "team_id": self._workspace.team_id,
            "is_usergroup": True,
            "is_subteam": True,
            "name": kept["name"],
            "handle": kept["handle"],
            "description": "",
            "date_delete": kept.get("date_delete", 0),
        }
        if users:
            shown["users"] = list(kept["users"])
        if count:
            shown["user_count"] = len(kept["users"])
        return shown
