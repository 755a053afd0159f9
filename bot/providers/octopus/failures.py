"""What an answer means: status, headers and body in, a value or a typed error out. Pure."""

import re
from collections.abc import Iterable
from typing import Any

from bot.providers.contract import AccessDenied, NotSent, ProviderError, Refused
from bot.providers.http import wire
from bot.providers.http.answers import (
    UNDECIDED,
    Answer,
    Reply,
    Unanswered,
    Unreadable,
    pause_s,
    presentable,
)

_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,63}")


def reply_to(answer: Answer, *, secrets: Iterable[str] = (), carries_reference: bool = False) -> Reply:
    """The value of a good answer; anything else is raised as a ProviderError.

    `secrets` never appear in an error's message, even where the vendor repeats them.
    """
    if answer.broken is not None:
        raise answer.broken
    if answer.is_good:
        return Reply(_value(answer), answer.headers, answer.request_id)
    raise _failure(answer, secrets, carries_reference)


def _value(answer: Answer) -> Any:
    try:
        value = wire.decode(answer.body)
    except wire.NotJson:
        raise Unreadable(
            f"Octopus Cards answered {answer.status} with something that is not JSON.",
            request_id=answer.request_id,
        ) from None
    return opened(value)


def opened(value: Any) -> Any:
    """What is in the envelope that some answers come in."""
    if isinstance(value, dict) and value.keys() == {"success", "data"}:
        return value["data"]
    return value


def _failure(answer: Answer, secrets: Iterable[str], carries_reference: bool) -> ProviderError:  # noqa: FBT001
    status, request_id = answer.status, answer.request_id
    code, said = _envelope(answer, secrets)
    quoted = f" It said: “{said}”." if said else ""
    if status == 429:
        return NotSent(
            "Octopus Cards asks us to slow down.", request_id=request_id, retry_after_s=pause_s(answer, said)
        )
    if (status in (401, 403) and code != "INSUFFICIENT_FUNDS") or code == "INVALID_FEATURE":
        return AccessDenied(
            f"{_denial(status, code)}{quoted}", code=code, status=status, request_id=request_id
        )
    if 400 <= status < 500 and status not in UNDECIDED:
        return Refused(
            f"Octopus Cards refused ({code}).{quoted}",
            code=code,
            status=status,
            request_id=request_id,
            # "Duplicate client_reference" has no code of its own
            in_doubt=carries_reference and status in (400, 409),
        )
    if status >= 500 or status in UNDECIDED:
        return Unanswered(
            f"Octopus Cards is in trouble ({code}).",
            request_id=request_id,
            retry_after_s=pause_s(answer, said),
        )
    return Unreadable(f"Octopus Cards answered {status}, which is no answer.", request_id=request_id)


def _denial(status: int, code: str) -> str:
    if code == "INVALID_FEATURE":
        return "Octopus Cards has gift cards switched off for our account (INVALID_FEATURE)."
    if status == 401:
        return "Octopus Cards does not accept our credentials (401)."
    return (
        "Octopus Cards does not let us in (403): the address of this machine is not on its list, "
        "or the feature is not enabled for our account."
    )


def _envelope(answer: Answer, secrets: Iterable[str]) -> tuple[str, str]:
    """The error's code and its message for people. A gateway's HTML has neither."""
    try:
        value = wire.decode(answer.body)
    except wire.NotJson:
        value = None
    error = value.get("error") if isinstance(value, dict) else None
    if not isinstance(error, dict):
        return f"HTTP_{answer.status}", ""
    code, message = error.get("code"), error.get("message")
    known = isinstance(code, str) and _CODE.fullmatch(code)
    return (
        str(code) if known else f"HTTP_{answer.status}",
        presentable(message, secrets) if isinstance(message, str) else "",
    )
