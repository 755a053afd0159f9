"""What a response means: from status, headers and body to a Response or a typed error. Pure."""

import re
from collections.abc import Iterable
from typing import Any

from bot.vendors.contract import AccessDenied, NotSent, Refused, VendorError
from bot.vendors.http import json_decimal
from bot.vendors.http.responses import (
    AMBIGUOUS_STATUSES,
    MalformedResponse,
    RawResponse,
    Response,
    TransientFailure,
    pause_s,
    redacted,
)

_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,63}")


def parse_response(
    raw_response: RawResponse, *, secrets: Iterable[str] = (), carries_reference: bool = False
) -> Response:
    """The value of a successful response. Raises a VendorError for any other.

    `secrets` never appear in an error's message, even if the vendor repeats them.
    """
    if raw_response.broken is not None:
        raise raw_response.broken
    if raw_response.is_success:
        return Response(_value(raw_response), raw_response.headers, raw_response.request_id)
    raise _failure(raw_response, secrets, carries_reference)


def _value(raw_response: RawResponse) -> Any:
    try:
        value = json_decimal.decode(raw_response.body)
    except json_decimal.NotJson:
        raise MalformedResponse(
            f"Octopus Cards answered {raw_response.status} with something that is not JSON.",
            request_id=raw_response.request_id,
        ) from None
    return unwrapped(value)


def unwrapped(value: Any) -> Any:
    """Some responses have an envelope, others do not."""
    if isinstance(value, dict) and value.keys() == {"success", "data"}:
        return value["data"]
    return value


def _failure(raw_response: RawResponse, secrets: Iterable[str], carries_reference: bool) -> VendorError:  # noqa: FBT001
    status, request_id = raw_response.status, raw_response.request_id
    code, said = _envelope(raw_response, secrets)
    quoted = f" It said: “{said}”." if said else ""
    if status == 429:
        return NotSent(
            "Octopus Cards asks us to slow down.",
            request_id=request_id,
            retry_after_s=pause_s(raw_response, said),
        )
    if (status in (401, 403) and code != "INSUFFICIENT_FUNDS") or code == "INVALID_FEATURE":
        return AccessDenied(
            f"{_denial(status, code)}{quoted}", code=code, status=status, request_id=request_id
        )
    if 400 <= status < 500 and status not in AMBIGUOUS_STATUSES:
        return Refused(
            f"Octopus Cards refused ({code}).{quoted}",
            code=code,
            status=status,
            request_id=request_id,
            # "Duplicate client_reference" has no error code of its own
            may_have_purchased=carries_reference and status in (400, 409),
        )
    if status >= 500 or status in AMBIGUOUS_STATUSES:
        return TransientFailure(
            f"Octopus Cards is in trouble ({code}).",
            request_id=request_id,
            retry_after_s=pause_s(raw_response, said),
        )
    return MalformedResponse(f"Octopus Cards answered {status}, which is no answer.", request_id=request_id)


def _denial(status: int, code: str) -> str:
    if code == "INVALID_FEATURE":
        return "Octopus Cards has gift cards switched off for our account (INVALID_FEATURE)."
    if status == 401:
        return "Octopus Cards does not accept our credentials (401)."
    return (
        "Octopus Cards does not let us in (403): the address of this machine is not on its list, "
        "or the feature is not enabled for our account."
    )


def _envelope(raw_response: RawResponse, secrets: Iterable[str]) -> tuple[str, str]:
    """The error's code and message. The HTML of a gateway has neither."""
    try:
        value = json_decimal.decode(raw_response.body)
    except json_decimal.NotJson:
        value = None
    error = value.get("error") if isinstance(value, dict) else None
    if not isinstance(error, dict):
        return f"HTTP_{raw_response.status}", ""
    code, message = error.get("code"), error.get("message")
    known = isinstance(code, str) and _CODE.fullmatch(code)
    return (
        str(code) if known else f"HTTP_{raw_response.status}",
        redacted(message, secrets) if isinstance(message, str) else "",
    )
