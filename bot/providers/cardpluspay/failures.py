"""What an answer means: status, headers and body in, what is in the envelope or a typed error out. Pure."""

from collections.abc import Iterable
from typing import Any

from bot.providers.cardpluspay.vendor import CARDPLUSPAY
from bot.providers.contract import AccessDenied, NotSent, ProviderError, Refused
from bot.providers.http import wire
from bot.providers.http.answers import Answer, Reply, Unanswered, Unreadable, pause_s, presentable

TITLE = CARDPLUSPAY.title
OUT_OF_STOCK, INSUFFICIENT_FUNDS, REFUSED = "OUT_OF_STOCK", "INSUFFICIENT_FUNDS", "REFUSED"
_REFUSALS = {400: REFUSED, 404: "NOT_FOUND", 422: "INVALID"}


class SaidNo(Unreadable):
    """A 2xx with `success: false`. Whether a purchase that is met like that was made, nobody knows."""


def reply_to(answer: Answer, *, secrets: Iterable[str] = (), moves_money: bool = False) -> Reply:
    """The `data` of a good answer; anything else is raised as a ProviderError.

    `secrets` never appear in an error's message, even where the vendor repeats them.
    """
    if answer.broken is not None:
        raise answer.broken
    if not answer.is_good:
        raise _failure(answer, secrets, moves_money)
    try:
        value = wire.decode(answer.body)
    except wire.NotJson:
        raise Unreadable(
            f"{TITLE} answered {answer.status} with something that is not JSON.", request_id=answer.request_id
        ) from None
    if says(value) is True:
        return Reply(value.get("data"), answer.headers, answer.request_id)
    if says(value) is False:
        # What comes with a purchase that may have been made is quoted nowhere: there may be codes in it.
        quoted = "" if moves_money else _quoted(value, secrets)
        raise SaidNo(f"{TITLE} said no with a {answer.status}.{quoted}", request_id=answer.request_id)
    raise Unreadable(f"{TITLE} did not say whether it worked.", request_id=answer.request_id)


def says(value: Any) -> bool | None:
    """What `success` in the envelope says; None where there is no such envelope."""
    success = value.get("success") if isinstance(value, dict) else None
    return success if isinstance(success, bool) else None


def _failure(answer: Answer, secrets: Iterable[str], moves_money: bool) -> ProviderError:  # noqa: FBT001
    status, request_id = answer.status, answer.request_id
    said_no, quoted = _no_of(answer, secrets)
    # Without the vendor's envelope it comes from somebody in between, who may as well have stopped an answer.
    if status == 429 and (said_no or not moves_money):
        return NotSent(f"{TITLE} asks us to slow down.", request_id=request_id, retry_after_s=pause_s(answer))
    if status in (401, 403) and (said_no or not moves_money):
        return AccessDenied(
            f"{_denial(status)}{quoted}", code=f"HTTP_{status}", status=status, request_id=request_id
        )
    if status in _REFUSALS and said_no:
        return Refused(
            f"{TITLE} said no ({status}).{quoted}",
            code=_REFUSALS[status],
            status=status,
            request_id=request_id,
            in_doubt=moves_money and status == 400,  # a supplier that failed late may look like that
        )
    if 300 <= status < 400:
        return Unreadable(f"{TITLE} answered {status}, which is no answer.", request_id=request_id)
    return Unanswered(
        f"{TITLE} is in trouble ({status}).", request_id=request_id, retry_after_s=pause_s(answer)
    )


def _denial(status: int) -> str:
    if status == 401:
        return f"{TITLE} does not accept our key, or misses a signature (401)."
    return f"{TITLE} does not let us in (403)."


def _no_of(answer: Answer, secrets: Iterable[str]) -> tuple[bool, str]:
    """Whether the vendor itself says no, and its words for people. A gateway's page has neither."""
    try:
        value = wire.decode(answer.body)
    except wire.NotJson:
        return False, ""
    return says(value) is False, _quoted(value, secrets)


def _quoted(value: Any, secrets: Iterable[str]) -> str:
    message = value.get("message") if isinstance(value, dict) else None
    said = presentable(message, secrets) if isinstance(message, str) else ""
    return f" It said: “{said}”." if said else ""
