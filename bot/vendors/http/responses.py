"""Responses before they are parsed, and how much of a vendor's message may be shown."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.vendors.contract import OutcomeUnknown

# A gateway gave up waiting: the vendor behind it may have acted.
AMBIGUOUS_STATUSES = frozenset({408, 425, 499})
_LONGEST_MESSAGE = 200
_LONGEST_RETRY_AFTER_S = 3600
_TOKEN_LIKE = re.compile(r"[\w.+/=-]{32,}")


class TransientFailure(OutcomeUnknown):
    """No usable response this time. A read may be retried."""

    def __init__(
        self, message: str, *, request_id: str | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message, request_id=request_id)
        self.retry_after_s = retry_after_s


class MalformedResponse(OutcomeUnknown):
    """A response that makes no sense. Retrying would not help."""


@dataclass(frozen=True, slots=True)
class RawResponse:
    """A response as received. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    request_id: str | None
    broken: TransientFailure | MalformedResponse | None = None  # the reason, where it is incomplete

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Response:
    """A successful response: its JSON value and headers."""

    value: Any = field(repr=False)
    headers: Mapping[str, str]
    request_id: str | None
    envelope: Any = field(default=None, repr=False)  # the JSON around `value`, where the vendor has one


def redacted(message: str, secrets: Iterable[str]) -> str:
    """A vendor's message, fit to be shown: short, printable, without secrets or anything like them."""
    for secret in secrets:
        if secret:
            message = message.replace(secret, "…")
    shown = _TOKEN_LIKE.sub("…", message[: 10 * _LONGEST_MESSAGE])
    return "".join(c for c in shown if c.isprintable())[:_LONGEST_MESSAGE].strip().rstrip(".")


def pause_s(raw_response: RawResponse, said: str = "") -> float | None:
    """Seconds to wait, from Retry-After or else from the vendor's message; None where neither says."""
    header = raw_response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", header):
        return float(min(int(header), _LONGEST_RETRY_AFTER_S))
    sentence = re.search(r"([0-9]{1,4}) second", said)
    return float(min(int(sentence[1]), _LONGEST_RETRY_AFTER_S)) if sentence else None
