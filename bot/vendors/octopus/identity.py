"""The names of Octopus Cards, and the ids of our requests."""

import secrets
import string
from time import time

from bot.vendors.http.identity import VendorIdentity

OCTOPUS = VendorIdentity("octopus", "Octopus Cards")

_KSUID_EPOCH = 1_400_000_000
_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def new_request_id() -> str:
    """A KSUID: 27 characters that sort by time. The vendor stores it as the trace id."""
    number = (int(time()) - _KSUID_EPOCH) << 128 | secrets.randbits(128)
    digits = []
    for _ in range(27):
        number, digit = divmod(number, 62)
        digits.append(_BASE62[digit])
    return "".join(reversed(digits))
