"""Arguments of Web API calls, which arrive as JSON, as a form or in the query string."""

from typing import Any

from bot.sandbox.slack.protocol import Json, SlackError


def text(args: Json, name: str, default: str = "") -> str:
    value = args.get(name)
    return default if value is None else str(value)


def flag(args: Json, name: str, *, default: bool = False) -> bool:
    value = args.get(name)
    return default if value is None else str(value).lower() in ("true", "1")


def page(args: Json, everything: list[Any], *, most: int = 1000, usual: int = 100) -> tuple[list[Any], str]:
    """One page and the cursor of the next, empty at the end."""
    try:
        limit = int(text(args, "limit", str(usual)) or usual)
    except ValueError:
        raise SlackError("invalid_limit") from None
    if not 0 < limit <= most:
        raise SlackError("invalid_limit")
    cursor = text(args, "cursor")
    if cursor and not (cursor.startswith("next:") and cursor.removeprefix("next:").isdigit()):
        raise SlackError("invalid_cursor")
    start = int(cursor.removeprefix("next:")) if cursor else 0
    end = start + limit
    return everything[start:end], f"next:{end}" if end < len(everything) else ""
