"""Slack's errors as the outbox needs them: to be tried later, or never to succeed."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from aiohttp import ClientConnectorError, ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.usecases.deliveries import Hopeless, Later

log = structlog.get_logger(__name__)

_MENDED_BY_HAND_S = 120.0
_PASSING = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
_RATES = {"ratelimited", "rate_limited", "message_limit_exceeded"}
# An operator has to mend these, and then the message is as good as before: it is not thrown away.
_FOR_THE_OPERATOR = {
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "missing_scope",
    "not_allowed_token_type",
    "messages_tab_disabled",
    "ekm_access_denied",
    "team_access_not_granted",
}
_CHANNEL = {"channel_not_found", "not_in_channel", "is_archived", "restricted_action"}


@contextmanager
def delivery_failures(*, our_channel: bool) -> Iterator[None]:
    """Slack's errors as ours. `our_channel`: the approvals channel, to which somebody can let us in again.

    The exceptions carry Slack's error word and nothing of the message.
    """
    try:
        yield
    except SlackApiError as refusal:
        raise _judged(refusal, our_channel=our_channel) from None
    except (SlackClientError, ClientError, TimeoutError) as trouble:
        never_sent = isinstance(trouble, ClientConnectorError)
        raise Later(type(trouble).__name__, perhaps_sent=not never_sent) from None


def _judged(refusal: SlackApiError, *, our_channel: bool) -> Later | Hopeless:
    word = error_word(refusal)
    status = int(getattr(refusal.response, "status_code", 0) or 0)
    if status == 429 or word in _RATES:
        return Later(word, _retry_after_s(refusal))
    if status >= 500 or word in _PASSING:
        return Later(word, perhaps_sent=True)
    if word in _FOR_THE_OPERATOR or (our_channel and word in _CHANNEL):
        log.error("slack_needs_the_operator", error=word, hint="`giftcard check` says what to do")
        return Later(word, _MENDED_BY_HAND_S)
    return Hopeless(word)


def error_word(refusal: SlackApiError) -> str:
    """Slack's machine-readable error; a gateway's error page has none."""
    body = getattr(refusal.response, "data", refusal.response)
    return str(body.get("error") or "unknown") if isinstance(body, dict) else "not_json"


def _retry_after_s(refusal: SlackApiError) -> float:
    headers = {str(k).lower(): v for k, v in (getattr(refusal.response, "headers", None) or {}).items()}
    asked = str(headers.get("retry-after", ""))
    return float(asked) if asked.isdecimal() else 0.0
