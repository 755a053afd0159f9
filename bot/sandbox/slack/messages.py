"""Stored messages with all their versions."""

from collections.abc import Iterator

from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.protocol import Json, SlackError
from bot.sandbox.slack.workspace import Workspace


class Messages:
    """A stored message is `{"now": message or None once deleted, "before": [earlier versions]}`."""

    def __init__(self, workspace: Workspace, clock: Clock) -> None:
        self._kept = workspace.messages
        self._clock = clock
        for kept in self._everything():
            clock.remember((kept["now"] or kept["before"][-1])["ts"])

    def post(self, channel: str, message: Json) -> Json:
        message = {"type": "message", "ts": self._clock.ts(), **message}
        self._kept.setdefault(channel, []).append({"now": message, "before": []})
        return message

    def find(self, channel: str, ts: str) -> Json:
        message: Json = self._origin(channel, ts)["now"]
        return message

    def change(self, channel: str, ts: str, changed: Json) -> Json:
        """Replaces the message with `changed`; the old version is kept."""
        kept = self._origin(channel, ts)
        kept["before"].append(kept["now"])
        kept["now"] = changed
        return changed

    def delete(self, channel: str, ts: str) -> None:
        kept = self._origin(channel, ts)
        kept["before"].append(kept["now"])
        kept["now"] = None

    def history(self, channel: str) -> list[Json]:
        """Oldest first."""
        return [kept["now"] for kept in self._kept.get(channel, ()) if kept["now"]]

    def every_version(self) -> Iterator[Json]:
        """All versions of all messages: `channel`, `version` from 1, `current`, and the message."""
        for channel, messages in self._kept.items():
            for kept in messages:
                versions = [*kept["before"], *([kept["now"]] if kept["now"] else [])]
                for number, message in enumerate(versions, start=1):
                    yield {
                        "channel": channel,
                        "version": number,
                        "current": message is kept["now"],
                        **message,
                    }

    def _origin(self, channel: str, ts: str) -> Json:
        for kept in self._kept.get(channel, ()):
            if kept["now"] and kept["now"]["ts"] == ts:
                return kept
        raise SlackError("message_not_found")

    def _everything(self) -> Iterator[Json]:
        for messages in self._kept.values():
            yield from messages
