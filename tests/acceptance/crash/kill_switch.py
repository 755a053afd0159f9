"""How a process is made to kill itself at a point: named functions are wrapped, from outside."""

import functools
import inspect
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from bot.vendors.http.transport import Transport


def is_purchase(request: Any) -> bool:
    return bool(request.method == "POST" and request.url.path.endswith("/v1/orders"))


def _always(*_: Any, **__: Any) -> bool:
    return True


@dataclass(frozen=True)
class Point:
    """`owner` is `module` or `module:Class`; `after` means when the function has returned."""

    owner: str
    function: str
    after: bool = False
    fits: Callable[..., bool] = _always  # asked with the arguments
    gave: Callable[[Any], bool] = _always  # asked with the result


def kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: Point) -> None:
    """From now on, this process dies when it first comes to that point."""
    if point.owner == "trace":
        _arm_trace(point.function)
        return
    module, _, cls = point.owner.partition(":")
    owner = getattr(import_module(module), cls) if cls else import_module(module)
    setattr(owner, point.function, _killing(getattr(owner, point.function), point))


def _killing(original: Any, point: Point) -> Any:
    def before(*args: Any, **kwargs: Any) -> None:
        if not point.after and point.fits(*args, **kwargs):
            kill_self()

    def after(result: Any, *args: Any, **kwargs: Any) -> Any:
        if point.after and point.fits(*args, **kwargs) and point.gave(result):
            kill_self()
        return result

    @functools.wraps(original)
    def at_once(*args: Any, **kwargs: Any) -> Any:
        before(*args, **kwargs)
        return after(original(*args, **kwargs), *args, **kwargs)

    @functools.wraps(original)
    async def awaited(*args: Any, **kwargs: Any) -> Any:
        before(*args, **kwargs)
        return after(await original(*args, **kwargs), *args, **kwargs)

    return awaited if inspect.iscoroutinefunction(original) else at_once


def _arm_trace(event: str) -> None:
    """Points inside one HTTP exchange, told by the HTTP library itself."""
    original = Transport.exchange

    async def watched(self: Transport, request: Any, heard: Any) -> Any:
        async def watch(seen: str, _: Any) -> None:
            if seen == event:
                kill_self()

        if is_purchase(request):
            request.extensions["trace"] = watch
        return await original(self, request, heard)

    Transport.exchange = watched  # type: ignore[method-assign, assignment]
