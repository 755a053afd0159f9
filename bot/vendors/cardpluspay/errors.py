"""What a response means: from status, headers and body to a Response or a typed error. Pure."""

from collections.abc import Iterable
from typing import Any

from bot.vendors.cardpluspay.identity import CARDPLUSPAY
from bot.vendors.contract import AccessDenied, NotSent, Refused, VendorError
from bot.vendors.http import json_decimal
from bot.vendors.http.responses import (
    MalformedResponse,
    RawResponse,
    Response,
    TransientFailure,
    pause_s,
    redacted,
)

TITLE = CARDPLUSPAY.title
OUT_OF_STOCK, INSUFFICIENT_FUNDS, REFUSED = "OUT_OF_STOCK", "INSUFFICIENT_FUNDS", "REFUSED"
_REFUSALS = {400: REFUSED, 404: "NOT_FOUND", 422: "INVALID"}


class UnsuccessfulResponse(MalformedResponse):
    """A 2xx response with `success: false`. Whether a purchase happened nevertheless is unknown."""


def parse_response(
    raw_response: RawResponse, *, secrets: Iterable[str] = (), moves_money: bool = False
) -> Response:
    """The `data` of a successful response. Raises a VendorError for any other.

    `secrets` never appear in an error's message, even if the vendor repeats them.
    """
    if raw_response.broken is not None:
        raise raw_response.broken
    if not raw_response.is_success:
        raise _failure(raw_response, secrets, moves_money)
    try:
        value = json_decimal.decode(raw_response.body)
    except json_decimal.NotJson:
        raise MalformedResponse(
            f"{TITLE} answered {raw_response.status} with something that is not JSON.",
            request_id=raw_response.request_id,
        ) from None
    if success_in(value) is True:
        return Response(value.get("data"), raw_response.headers, raw_response.request_id, envelope=value)
    if success_in(value) is False:
        # Never quoted for a purchase, which may have happened: there may be codes in it.
        quoted = "" if moves_money else _quoted(value, secrets)
        raise UnsuccessfulResponse(
            f"{TITLE} said no with a {raw_response.status}.{quoted}", request_id=raw_response.request_id
        )
    raise MalformedResponse(f"{TITLE} did not say whether it worked.", request_id=raw_response.request_id)


def success_in(value: Any) -> bool | None:
    """`success` of the vendor's envelope, or None without such an envelope."""
    success = value.get("success") if isinstance(value, dict) else None
    return success if isinstance(success, bool) else None


def _failure(raw_response: RawResponse, secrets: Iterable[str], moves_money: bool) -> VendorError:  # noqa: FBT001
    status, request_id = raw_response.status, raw_response.request_id
    is_refusal, quoted = _refusal_in(raw_response, secrets)
    # Without the vendor's envelope it is from a gateway, which may have replaced the response to a purchase.
    if status == 429 and (is_refusal or not moves_money):
        return NotSent(
            f"{TITLE} asks us to slow down.", request_id=request_id, retry_after_s=pause_s(raw_response)
        )
    if status in (401, 403) and (is_refusal or not moves_money):
        return AccessDenied(
            f"{_denial(status)}{quoted}", code=f"HTTP_{status}", status=status, request_id=request_id
        )
    if status in _REFUSALS and is_refusal:
        return Refused(
            f"{TITLE} said no ({status}).{quoted}",
            code=_REFUSALS[status],
            status=status,
            request_id=request_id,
            may_have_purchased=moves_money
            and status == 400,  # a supplier that failed late may look like that
        )
    if 300 <= status < 400:
        return MalformedResponse(f"{TITLE} answered {status}, which is no answer.", request_id=request_id)
    return TransientFailure(
        f"{TITLE} is in trouble ({status}).", request_id=request_id, retry_after_s=pause_s(raw_response)
    )


def _denial(status: int) -> str:
    if status == 401:
        return f"{TITLE} does not accept our key, or misses a signature (401)."
    return f"{TITLE} does not let us in (403)."


def _refusal_in(raw_response: RawResponse, secrets: Iterable[str]) -> tuple[bool, str]:
    """Whether the vendor itself refuses, and its message. The page of a gateway has neither."""
    try:
        value = json_decimal.decode(raw_response.body)
    except json_decimal.NotJson:
        return False, ""
    return success_in(value) is False, _quoted(value, secrets)


def _quoted(value: Any, secrets: Iterable[str]) -> str:
    message = value.get("message") if isinstance(value, dict) else None
    said = redacted(message, secrets) if isinstance(message, str) else ""
    return f" It said: “{said}”." if said else ""
