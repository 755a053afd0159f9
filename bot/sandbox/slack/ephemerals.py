"""Ephemeral messages: shown in the open tabs of one person, never stored, gone when the tab closes."""

from dataclasses import dataclass, field

from bot.sandbox.slack.protocol import Json, SlackError
from bot.sandbox.slack.sessions import Session, Sessions


@dataclass
class Ephemeral:
    channel: str
    message: Json
    seen_in: set[str] = field(default_factory=set)  # session ids


class Ephemerals:
    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._shown: dict[tuple[str, str], Ephemeral] = {}  # (user, ts)

    def show(self, user: str, channel: str, message: Json) -> bool:
        """Shows the message; False when the person has no open tab, so that it is lost."""
        seen_in = {session.id for session in self._sessions.of(user)}
        self._sessions.tell_person(user, {"type": "ephemeral", "channel": channel, "message": message})
        if seen_in:
            self._shown[user, message["ts"]] = Ephemeral(channel, message, seen_in)
        return bool(seen_in)

    def find(self, session: Session, channel: str, ts: str) -> Json:
        """The message, if it was shown in this tab."""
        shown = self._shown.get((session.user, ts))
        if shown is None or shown.channel != channel or session.id not in shown.seen_in:
            raise SlackError("message_not_found")
        return shown.message

    def replace(self, user: str, ts: str, message: Json) -> bool:
        shown = self._shown.get((user, ts))
        if shown is None:
            return False
        shown.message = message
        self._tell(shown, {"type": "ephemeral_changed", "channel": shown.channel, "message": message})
        return True

    def delete(self, user: str, ts: str) -> bool:
        shown = self._shown.pop((user, ts), None)
        if shown is None:
            return False
        self._tell(shown, {"type": "ephemeral_deleted", "channel": shown.channel, "ts": ts})
        return True

    def forget(self, session: Session) -> None:
        """The tab is closed: drops the messages that only it had shown."""
        for key, shown in list(self._shown.items()):
            shown.seen_in.discard(session.id)
            if not shown.seen_in:
                del self._shown[key]

    def _tell(self, shown: Ephemeral, frame: Json) -> None:
        for session_id in shown.seen_in:
            session = self._sessions.get(session_id)
            if session is not None:
                session.show(frame)
