"""The fault middleware with this vendor's request ids and error envelope."""

import secrets
import string
import time
from collections.abc import Mapping

from starlette.responses import Response

from bot.sandbox.octopus.errors import bad_request, of_status, too_many_requests
from bot.sandbox.vendors import fault_middleware
from bot.sandbox.vendors.faults import Fault

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
KSUID_EPOCH = 1_400_000_000
LONGEST_REQUEST_ID = 63


class FaultMiddleware(fault_middleware.FaultMiddleware):
    def invalid_fault(self, why: str) -> Response:
        return bad_request(why).answer()

    def rate_limited(self, fault: Fault) -> Response:
        return too_many_requests(int(fault.seconds(9))).answer()

    def failing(self, status: int) -> tuple[Response, str]:
        refusal = of_status(status)
        return refusal.answer(), refusal.message

    def request_id(self, headers: Mapping[str, str]) -> str:
        return kept_or_new(headers.get("x-request-id", ""))

    def own_headers(self, request_id: str) -> tuple[tuple[bytes, bytes], ...]:
        return ((b"x-request-id", request_id.encode()),)


def kept_or_new(wanted: str) -> str:
    """The caller's request id if it is KSUID-compatible and under 64 characters, else a new KSUID."""
    if wanted and len(wanted) <= LONGEST_REQUEST_ID and all(mark in BASE62 + "-_" for mark in wanted):
        return wanted
    number = (int(time.time()) - KSUID_EPOCH) << 128 | secrets.randbits(128)
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = BASE62[digit] + digits
    return digits.rjust(27, "0")
