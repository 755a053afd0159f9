"""What is the same in all payloads of Octopus Cards: its name, and bare lists."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from bot.vendors.http import payloads
from bot.vendors.http.identity import VendorIdentity
from bot.vendors.http.responses import MalformedResponse, Response
from bot.vendors.octopus.identity import OCTOPUS


class Payload(payloads.Payload):
    vendor: ClassVar[VendorIdentity] = OCTOPUS


S = TypeVar("S", bound=Payload)


def elements(response: Response) -> Sequence[Any]:
    """The reply as a list. Raises Unreadable."""
    if not isinstance(response.value, list):
        raise MalformedResponse(
            f"{OCTOPUS.title} should have sent a list and did not.", request_id=response.request_id
        )
    return response.value


def parse_each(model: type[S], response: Response) -> list[S]:
    """The elements of a list that have that shape. Each that has not is left out with one warning."""
    return payloads.parse_each(model, elements(response), response.request_id)
