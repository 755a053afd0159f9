"""What is the same in all payloads of Octopus Cards: numbers for ids, and bare lists."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BeforeValidator

from bot.providers.http import shapes
from bot.providers.http.answers import Reply, Unreadable
from bot.providers.http.vendor import Vendor
from bot.providers.octopus.vendor import OCTOPUS


class Shape(shapes.Shape):
    vendor: ClassVar[Vendor] = OCTOPUS


S = TypeVar("S", bound=Shape)


def _identifier(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return str(value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 40:
        return value
    raise ValueError("not an id")


Id = Annotated[str, BeforeValidator(_identifier)]


def elements(reply: Reply) -> Sequence[Any]:
    """The reply as a list. Raises Unreadable."""
    if not isinstance(reply.value, list):
        raise Unreadable(f"{OCTOPUS.title} should have sent a list and did not.", request_id=reply.request_id)
    return reply.value


def readable(shape: type[S], reply: Reply) -> list[S]:
    """The elements of a list that have that shape. Each that has not is left out with one warning."""
    return shapes.readable(shape, elements(reply), reply.request_id)
