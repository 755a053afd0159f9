"""The base of Octopus Cards' payloads, and lists, which come without an envelope of their own."""

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
    """The response as a list. Raises MalformedResponse."""
    if not isinstance(response.value, list):
        raise MalformedResponse(
            f"{OCTOPUS.title} should have sent a list and did not.", request_id=response.request_id
        )
    return response.value


def parse_each(model: type[S], response: Response) -> list[S]:
    """The elements of a list as that model. Those that do not fit are skipped with a warning."""
    return payloads.parse_each(model, elements(response), response.request_id)
