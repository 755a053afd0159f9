"""Open browser tabs (or tests): their person, and the frames sent to them."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.sandbox.slack.protocol import Json, SlackError


@dataclass(eq=False)
class Session:
    id: str
    user: str
    frames: "asyncio.Queue[Json | None]" = field(default_factory=asyncio.Queue)  # None: close
    stack: list[str] = field(default_factory=list)  # ids of the open modal views, the lowest first

    def show(self, frame: Json) -> None:
        self.frames.put_nowait(frame)


class Sessions:
    def __init__(self) -> None:
        self._open: dict[str, Session] = {}

    def open(self, session_id: str, user: str) -> Session:
        session = Session(session_id, user)
        self._open[session_id] = session
        session.show({"type": "session", "id": session_id})
        return session

    def close(self, session: Session) -> None:
        self._open.pop(session.id, None)

    def find(self, session_id: str, user: str) -> Session:
        session = self._open.get(session_id)
        if session is None or session.user != user:
            raise SlackError("session_not_found")
        return session

    def get(self, session_id: str) -> Session | None:
        return self._open.get(session_id)

    def of(self, user: str) -> list[Session]:
        return [session for session in self._open.values() if session.user == user]

    def __len__(self) -> int:
        return len(self._open)

    def tell_person(self, user: str, frame: Json) -> int:
        """Sends the frame to every tab of this person and returns their number."""
        sessions = self.of(user)
        for session in sessions:
            session.show(frame)
        return len(sessions)

    def tell_people(self, users: Iterable[str], frame: Json) -> None:
        for user in users:
            self.tell_person(user, frame)

    def tell_all(self, frame: Json) -> None:
        for session in self._open.values():
            session.show(frame)

    def hang_up(self, user: str | None = None) -> None:
        for session in self._open.values() if user is None else self.of(user):
            session.frames.put_nowait(None)
