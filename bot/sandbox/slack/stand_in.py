"""The stand-in, composed of its parts."""

from collections.abc import Iterable

from bot.sandbox.slack.channels import Channels
from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.delivery import PayloadDispatcher
from bot.sandbox.slack.ephemerals import Ephemerals
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.form_state import Suggested
from bot.sandbox.slack.http_delivery import HttpDelivery
from bot.sandbox.slack.limits import Limits
from bot.sandbox.slack.manifest import Manifest
from bot.sandbox.slack.messages import Messages
from bot.sandbox.slack.network import Network
from bot.sandbox.slack.people import Groups, People
from bot.sandbox.slack.protocol import SlackError
from bot.sandbox.slack.recorder import Recorder
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.sessions import Sessions
from bot.sandbox.slack.socket_mode import SocketMode
from bot.sandbox.slack.state_file import StateFileWriter
from bot.sandbox.slack.tasks import Tasks
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.views import Views
from bot.sandbox.slack.workspace import BOT_USER, Workspace, opening_conversation


class StandIn:
    """One running workspace; `address` is its own base URL, without a slash at the end."""

    def __init__(
        self,
        address: str,
        workspace: Workspace,
        manifest: Manifest,
        request_url: str | None,
        state_writer: StateFileWriter,
    ) -> None:
        self.address = address
        self.workspace = workspace
        self.manifest = manifest
        self.request_url = request_url
        self.state_writer = state_writer
        self.tasks = Tasks()
        self.clock = Clock()
        self.people = People(workspace)
        self.groups = Groups(workspace)
        self.channels = Channels(workspace, self.people)
        fresh = not workspace.messages
        self.messages = Messages(workspace, self.clock)
        self.sessions = Sessions()
        self.faults = Faults()
        self.limits = Limits(self.clock)
        self.network = Network(self.sessions)
        self.recorder = Recorder(self.network.show)
        self.triggers = Triggers(workspace, self.clock)
        self.views = Views(workspace, self.sessions, self.triggers)
        self.ephemerals = Ephemerals(self.sessions)
        self.suggested: dict[str, Suggested] = {}  # external options, by person and message
        self.response_urls = ResponseUrls(address, workspace, self.clock)
        self.socket_mode = SocketMode(workspace, self.clock)
        transport = HttpDelivery(request_url, workspace.signing_secret) if request_url else self.socket_mode
        self.dispatcher = PayloadDispatcher(transport, self.clock, self.faults, self.recorder, self.tasks)
        if fresh:
            for line in opening_conversation():
                text = self.channels.escape(line["text"], mentions=True, labels=False)
                self.messages.post(line["channel"], {"user": line["user"], "text": text})

    def changed(self) -> None:
        """Something in the state file may have changed."""
        self.state_writer.changed()

    def leave(self) -> None:
        """Ends all waiting, so that the server stops at once."""
        self.tasks.stop()
        self.clock.end()

    @property
    def environment(self) -> dict[str, str]:
        """The bot's settings for this stand-in."""
        return {
            "SLACK_API_URL": f"{self.address}/api/",
            "SLACK_BOT_TOKEN": self.workspace.bot_token,
            "SLACK_APP_TOKEN": self.workspace.app_token,
            "SLACK_SIGNING_SECRET": self.workspace.signing_secret,
        }

    @property
    def provided_scopes(self) -> str:
        return ",".join(sorted(self.manifest.scopes or ()))

    def need_scope(self, *alternatives: str) -> None:
        """Raises missing_scope unless the manifest has one of these scopes."""
        if not any(self.manifest.allows(scope) for scope in alternatives):
            needed = ",".join(alternatives)
            raise SlackError("missing_scope", needed=needed, provided=self.provided_scopes)

    def tell_channel(self, channel: str, frame: dict[str, object]) -> None:
        """Sends the frame to all members of the conversation."""
        self.sessions.tell_people(self.channels.find(channel)["members"], {**frame, "channel": channel})

    def tell_about_channel(self, channel: str, *, before: Iterable[str] = ()) -> None:
        """Tells its members about it, and those of `before` who are not members any more that they left."""
        found = self.channels.find(channel)
        gone = set(before) - set(found["members"])
        self.sessions.tell_people(gone, {"type": "channel_left", "channel": channel})
        for member in found["members"]:
            if member != BOT_USER:
                self.sessions.tell_person(
                    member, {"type": "channel", "channel": self.channel_card(channel, member)}
                )

    def channel_card(self, channel: str, viewer: str) -> dict[str, object]:
        """A conversation in the form the page lists it."""
        found = self.channels.find(channel)
        last_read = self.workspace.read.get(viewer, {}).get(channel, "")
        unread = [
            m for m in self.messages.history(channel) if m["ts"] > last_read and m.get("user") != viewer
        ]
        card = {"id": channel, "kind": found["kind"], "members": found["members"], "unread": len(unread)}
        card["archived"] = bool(found.get("archived"))
        if found["kind"] != "im":
            return {**card, "name": found["name"]}
        other = self.channels.other_side(found, viewer)
        return {**card, "user": other, "name": self.people.find(other)["real_name"]}
