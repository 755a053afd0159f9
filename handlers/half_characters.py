"""Halves of characters, which JSON can carry and UTF-8 cannot: replaced before anything reads them."""

import re
from collections.abc import Awaitable, Callable, MutableMapping, MutableSequence
from typing import Any

from slack_bolt.app.async_app import AsyncApp

_HALF = re.compile(r"[\ud800-\udfff]")


def register(app: AsyncApp) -> None:
    async def mend(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> None:
        whole(body)
        await next_()

    app.middleware(mend)


def whole(part: Any) -> Any:
    """The same with U+FFFD for each half, in texts however deep; mappings and lists are changed in place."""
    if isinstance(part, str):
        return _HALF.sub("\ufffd", part)
    if isinstance(part, MutableMapping):
        for name, value in list(part.items()):
            mended = whole(name)
            if mended != name:
                del part[name]
            part[mended] = whole(value)
    elif isinstance(part, MutableSequence):
        part[:] = [whole(each) for each in part]
    return part
