"""Octopus Cards at its rudest: it lets everybody in, and answers whatever it is told to."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support import scripted_server
from tests.support.scripted_server import ReceivedRequest, ScriptedReply, answers, drips, hangs, resets, sends

__all__ = [
    "ReceivedRequest",
    "ScriptedReply",
    "ScriptedServer",
    "answers",
    "drips",
    "hangs",
    "refusal",
    "resets",
    "sends",
]


class ScriptedServer(scripted_server.ScriptedServer):
    def __init__(self) -> None:
        super().__init__()
        self.token_life_s = 3600.0
        self._tokens = 0

    def otherwise(self, request: str) -> ScriptedReply:
        if request in ("POST /auth/login", "POST /auth/refresh"):
            return answers(200, self.fresh_tokens(), stays_open=True)
        return answers(404, refusal("NOT_FOUND", "No such thing"))

    def fresh_tokens(self) -> dict[str, Any]:
        self._tokens += 1
        now = datetime.now(UTC)
        return {
            "success": True,
            "data": {
                "access_token": f"access-{self._tokens}-top-secret",
                "refresh_token": f"refresh-{self._tokens}-top-secret",
                "access_expires_at": (now + timedelta(seconds=self.token_life_s)).isoformat(),
                "refresh_expires_at": (now + timedelta(days=7)).isoformat(),
                "client_id": 7,
            },
        }


def refusal(code: str, message: str = "No") -> dict[str, Any]:
    return {"error": {"name": "SomeError", "code": code, "message": message}}
