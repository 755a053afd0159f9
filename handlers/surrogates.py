"""Replaces lone surrogates in payloads: JSON can have them, UTF-8 cannot."""

import re
from collections.abc import Awaitable, Callable, MutableMapping, MutableSequence
from typing import Any

from slack_bolt.app.async_app import AsyncApp

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def register(app: AsyncApp) -> None:
    async def clean_body(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> None:
        replace_surrogates(body)
        await next_()

    app.middleware(clean_body)


def replace_surrogates(node: Any) -> Any:
    """Put U+FFFD for each lone surrogate, at any depth. Mappings and lists are changed in place."""
    if isinstance(node, str):
        return _SURROGATE.sub("\ufffd", node)
    if isinstance(node, MutableMapping):
        for name, value in list(node.items()):
            cleaned = replace_surrogates(name)
            if cleaned != name:
                del node[name]
            node[cleaned] = replace_surrogates(value)
    elif isinstance(node, MutableSequence):
        node[:] = [replace_surrogates(each) for each in node]
    return node
