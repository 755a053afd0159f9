"""What is the same in all payloads of Octopus Cards: its name, and bare lists."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from bot.providers.http import shapes
from bot.providers.http.answers import Reply, Unreadable
from bot.providers.http.vendor import Vendor
from bot.providers.octopus.vendor import OCTOPUS


class Shape(shapes.Shape):
    vendor: ClassVar[Vendor] = OCTOPUS


S = TypeVar("S", bound=Shape)


def elements(reply: Reply) -> Sequence[Any]:
    """The reply as a list. Raises Unreadable."""
    if not isinstance(reply.value, list):
        raise Unreadable(f"{OCTOPUS.title} should have sent a list and did not.", request_id=reply.request_id)
    return reply.value


def readable(shape: type[S], reply: Reply) -> list[S]:
    """The elements of a list that have that shape. Each that has not is left out with one warning."""
    return shapes.readable(shape, elements(reply), reply.request_id)
