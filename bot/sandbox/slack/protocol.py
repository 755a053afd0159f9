"""What every part of the stand-in speaks: JSON objects, and refusals as Slack words them."""

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """A call answered with `{"ok": false, "error": …}`; `more` holds the further fields."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more

    def body(self) -> Json:
        return {"ok": False, "error": self.error, **self.more}


def invalid_arguments(*messages: str) -> SlackError:
    """Slack's answer to arguments that are missing or malformed, naming each of them."""
    return SlackError(
        "invalid_arguments", response_metadata={"messages": [f"[ERROR] {text}" for text in messages]}
    )
