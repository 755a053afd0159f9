"""JSON with exact decimals, written as plain numbers."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from starlette.responses import Response

_key = lru_cache(json.dumps)


def dumps(value: Any) -> str:
    """JSON text; a Decimal becomes a number with exactly its digits."""
    match value:
        case Decimal():
            return format(value, "f")
        case dict():
            return "{" + ", ".join(f"{_key(key)}: {dumps(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(dumps, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def loads(text: bytes | str) -> Any:
    """Parse JSON without floats. Raises ValueError, also for NaN and Infinity."""
    return json.loads(text, parse_float=Decimal, parse_constant=_no_constant)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


class DecimalJsonResponse(Response):
    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return dumps(content).encode()


def timestamp(seconds: float | None) -> str | None:
    """RFC 3339 in UTC with seconds, e.g. 2026-06-02T09:15:31Z."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
