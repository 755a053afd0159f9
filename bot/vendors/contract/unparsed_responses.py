"""Responses about orders that could not be fully parsed, and who saves them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.domain.lines import Deliverable


@dataclass(frozen=True, slots=True)
class UnparsedResponse:
    """A response about an order that was cut off or makes no sense. It may be the only copy of codes.

    `deliverables` are those that could be read beyond doubt. At least one of the two numbers names the order.
    """

    vendor: str
    body: bytes = field(repr=False)
    deliverables: tuple[Deliverable, ...] = field(repr=False)
    request_id: str | None
    client_reference: str | None = None
    vendor_order_id: str | None = None


SaveUnparsedResponse = Callable[[UnparsedResponse], Awaitable[None]]


async def discard_unparsed_response(_response: UnparsedResponse) -> None:
    """What a client does until `bot.app` gives it somewhere to save them."""
