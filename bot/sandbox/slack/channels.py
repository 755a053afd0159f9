"""Conversations: their members, and what the bot and each person may see of them."""

import re

from bot.sandbox.slack.people import People
from bot.sandbox.slack.protocol import Json, SlackError
from bot.sandbox.slack.workspace import BOT_USER, Workspace

SCOPE_OF_KIND = {"channel": "channels", "private": "groups", "im": "im"}


class Channels:
    def __init__(self, workspace: Workspace, people: People) -> None:
        self._workspace = workspace
        self._people = people

    def find(self, channel: str) -> Json:
        try:
            return self._workspace.channels[channel]
        except KeyError:
            raise SlackError("channel_not_found") from None

    def everything(self) -> list[Json]:
        return list(self._workspace.channels.values())

    def seen_by(self, user: str, channel: str) -> Json:
        """The conversation; raises channel_not_found when this user may not know that it exists."""
        found = self.find(channel)
        if found["kind"] != "channel" and user not in found["members"]:
            raise SlackError("channel_not_found")
        return found

    def joined_by(self, user: str, channel: str) -> Json:
        found = self.seen_by(user, channel)
        if user not in found["members"]:
            raise SlackError("not_in_channel")
        return found

    def named(self, name: str) -> str | None:
        """The id of the channel with this name, with or without `#`."""
        wanted = name.removeprefix("#")
        return next((c["id"] for c in self.everything() if c["kind"] != "im" and c["name"] == wanted), None)

    def im_with(self, user: str) -> Json | None:
        return next((c for c in self.everything() if c["kind"] == "im" and user in c["members"]), None)

    def open_im(self, user: str) -> tuple[Json, bool]:
        """The bot's DM with this person, and whether it is new."""
        found = self.im_with(user)
        if found is not None:
            return found, False
        channel: Json = {
            "id": self._workspace.new_id("D"),
            "kind": "im",
            "name": "",
            "members": [user, BOT_USER],
        }
        self._workspace.channels[channel["id"]] = channel
        return channel, True

    def check_people(self, users: list[str]) -> None:
        for user in users:
            self._people.find(user)

    def conversation_object(self, channel: Json, viewer: str = BOT_USER) -> Json:
        """The conversation object of conversations.info."""
        shown: Json = {
            "id": channel["id"],
            "created": 1767225600,
            "is_im": channel["kind"] == "im",
            "is_mpim": False,
            "is_archived": bool(channel.get("archived")),
            "is_org_shared": False,
            "context_team_id": self._workspace.team_id,
        }
        if channel["kind"] == "im":
            return shown | {"user": self.other_side(channel, viewer), "is_open": True}
        return shown | {
            "name": channel["name"],
            "name_normalized": channel["name"],
            "is_channel": channel["kind"] == "channel",
            "is_group": False,
            "is_private": channel["kind"] == "private",
            "is_general": channel["name"] == "general",
            "is_member": viewer in channel["members"],
            "is_ext_shared": any(self._people.find(m).get("is_stranger") for m in channel["members"]),
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }

    def other_side(self, channel: Json, viewer: str) -> str:
        return next((member for member in channel["members"] if member != viewer), viewer)

    def payload_name(self, channel: Json) -> str:
        """The conversation's name in payloads, which only public channels have."""
        names = {"im": "directmessage", "private": "privategroup"}
        return names.get(channel["kind"]) or str(channel["name"])

    def escape(self, text: str, *, mentions: bool, labels: bool = True) -> str:
        """Typed text as Slack passes it on: HTML entities, and ids for names where `mentions` is set."""
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        if not mentions:
            return text
        ids = {
            f"@{person[name]}": person for person in self._people.everyone() for name in ("name", "real_name")
        }
        rooms = {f"#{channel['name']}": channel for channel in self.everything() if channel["kind"] != "im"}
        names = sorted((*ids, *rooms), key=len, reverse=True)

        def link(match: re.Match[str]) -> str:
            found = ids.get(match[0]) or rooms[match[0]]
            label = f"|{found['name']}" if labels else ""
            return f"<{match[0][0]}{found['id']}{label}>"

        return re.sub(rf"(?<![\w@#])(?:{'|'.join(map(re.escape, names))})(?![\w-])", link, text)
