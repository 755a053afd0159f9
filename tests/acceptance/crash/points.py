"""The named points of a purchase at which the process kills itself, and how the launcher finds them."""

import functools
import inspect
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from bot.domain.orders import OrderState
from bot.providers.http.transport import Transport

_NEWS_OF_BEFORE = {"requested", "approved"}  # notices that wait in the outbox before anything is bought


def _always(*_: Any, **__: Any) -> bool:
    return True


def _buys(_self: Any, request: Any, *_: Any) -> bool:
    return bool(request.method == "POST" and request.url.path == "/api/v1/orders")


def _is_an_outcome(_self: Any, _order_id: Any, to: OrderState, **_: Any) -> bool:
    return to is not OrderState.PLACING


def _first_purchase(worker: Any, _key: Any, item: Any) -> bool:
    return worker._name.endswith("orders") and item.state is OrderState.APPROVED


def _tells_the_outcome(_self: Any, row: Any) -> bool:
    return row.kind == "notice" and row.payload["event"] not in _NEWS_OF_BEFORE


def _shows_cards(receipt: Any) -> bool:
    return bool(receipt.vouchers)


@dataclass(frozen=True)
class Point:
    """`owner` is `module` or `module:Class`; `after` means when the function has returned."""

    owner: str
    function: str
    after: bool = False
    fits: Callable[..., bool] = _always  # asked with the arguments
    gave: Callable[[Any], bool] = _always  # asked with the result


_PLACE, _RECORD = "bot.usecases.place_order", "bot.usecases.record_receipt"
_SETTLE = "bot.usecases.settle_order"
_VENDOR, _WIRE = "bot.providers.octopus:OctopusCards", "bot.providers.http.transport:Transport"
_MESSENGER = "handlers.messenger:Messenger"

# In the order in which a purchase comes past them.
POINTS: dict[str, Point] = {
    "before the quote": Point(_VENDOR, "quote"),
    "before the intent": Point(_PLACE, "buy"),
    "intent written, not committed": Point(_PLACE, "advance", after=True),
    "intent committed": Point(_VENDOR, "place"),
    "about to send": Point(_WIRE, "_exchange", fits=_buys),
    "request sent": Point("trace", "http11.send_request_body.complete"),
    "vendor committed": Point("trace", "http11.receive_response_headers.complete"),
    "response read": Point(_WIRE, "_exchange", after=True, fits=_buys),
    "response understood": Point(_VENDOR, "place", after=True),
    "codes written, not committed": Point("store.codes:Codes", "keep", after=True),
    "codes committed": Point(_RECORD, "_state_after"),
    "outcome written, not committed": Point("store.orders:Orders", "move", after=True, fits=_is_an_outcome),
    "outcome committed": Point("bot.workers.due:DueWorker", "_one", after=True, fits=_first_purchase),
    "outbox pending": Point(_MESSENGER, "deliver", fits=_tells_the_outcome),
    "mid-notice": Point(_MESSENGER, "_notice", after=True, fits=_tells_the_outcome),
    "mid-card": Point(_MESSENGER, "_card", after=True),
    "mid-reveal": Point(_MESSENGER, "_codes", after=True),
    "found by reference": Point(_VENDOR, "find", after=True),
    "before asking again": Point(_SETTLE, "buy"),
    "order read again": Point(_VENDOR, "fetch", after=True, gave=_shows_cards),
    "orphan adopted": Point(_SETTLE, "unsettled", after=True),
}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(name: str) -> None:
    """From now on, this process dies when it first comes to that point."""
    point = POINTS[name]
    if point.owner == "trace":
        _arm_trace(point.function)
        return
    module, _, cls = point.owner.partition(":")
    owner = getattr(import_module(module), cls) if cls else import_module(module)
    setattr(owner, point.function, _deadly(getattr(owner, point.function), point))


def _deadly(original: Any, point: Point) -> Any:
    def before(*args: Any, **kwargs: Any) -> None:
        if not point.after and point.fits(*args, **kwargs):
            die()

    def after(result: Any, *args: Any, **kwargs: Any) -> Any:
        if point.after and point.fits(*args, **kwargs) and point.gave(result):
            die()
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
    original = Transport._exchange

    async def watched(self: Transport, request: Any, heard: Any) -> Any:
        async def watch(seen: str, _: Any) -> None:
            if seen == event:
                die()

        if _buys(self, request):
            request.extensions["trace"] = watch
        return await original(self, request, heard)

    Transport._exchange = watched  # type: ignore[method-assign]
