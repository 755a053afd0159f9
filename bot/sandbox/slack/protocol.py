"""JSON objects and Slack's errors, used by every part of the stand-in."""

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """Answered with `{"ok": false, "error": …}`; `more` holds further fields."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more

    def body(self) -> Json:
        return {"ok": False, "error": self.error, **self.more}


def invalid_arguments(*messages: str) -> SlackError:
    """Slack's error for missing or malformed arguments, with a message for each."""
    return SlackError(
        "invalid_arguments", response_metadata={"messages": [f"[ERROR] {text}" for text in messages]}
    )
