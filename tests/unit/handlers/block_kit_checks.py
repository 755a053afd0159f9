"""Reads built messages and views the way Slack and people do."""

from collections.abc import Iterator
from typing import Any

from bot.sandbox.slack.blocks.surfaces import faults_of_message, faults_of_view
from handlers.block_kit.blocks import SANDBOX_MARK, Message, context

LIVE_MENTIONS = ("<!channel", "<!here", "<!everyone", "<!subteam", "<https://evil.example")


def check_message(message: Message) -> None:
    """Slack would take it, live and in a sandbox; nobody is paged by what somebody else typed."""
    for environment in ("live", "sandbox"):
        payload = message.payload(environment)
        assert faults_of_message(payload["blocks"]) == []
        assert 0 < len(payload["text"]) <= 3000
        for live in LIVE_MENTIONS:
            assert live not in said(payload)
        # By where the mark stands: a product may have the word in its name.
        assert payload["text"].startswith("[SANDBOX] ") == (environment == "sandbox")
        assert (payload["blocks"][-1] == context(SANDBOX_MARK)) == (environment == "sandbox")


def check_view(view: dict[str, Any], kind: str = "modal") -> None:
    assert faults_of_view(view, kind) == []
    for live in LIVE_MENTIONS:
        assert live not in said(view)


def said(part: Any) -> str:
    """Everything that is read on it, in order; what buttons carry is not."""
    return "\n".join(_texts(part))


def buttons(part: Any) -> dict[str, dict[str, Any]]:
    """Buttons by their label."""
    return {
        element["text"]["text"]: element for element in _elements(part) if element.get("type") == "button"
    }


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for name, value in part.items():
            if name != "value":
                yield from _texts(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _texts(value)


def _elements(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        for value in part.values():
            yield from _elements(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _elements(value)
