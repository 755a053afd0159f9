"""Translates Slack's errors for the outbox: try again later, or give up."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from aiohttp import ClientConnectorError, ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.services.delivery_errors import PermanentFailure, RetryLater

log = structlog.get_logger(__name__)

_OPERATOR_RETRY_S = 120.0
_TRANSIENT_ERRORS = {
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
}
_RATE_LIMIT_ERRORS = {"ratelimited", "rate_limited", "message_limit_exceeded"}
# An operator has to fix these. The message is kept until then.
_OPERATOR_ERRORS = {
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
_CHANNEL_ERRORS = {"channel_not_found", "not_in_channel", "is_archived", "restricted_action"}


@contextmanager
def translate_slack_errors(*, our_channel: bool) -> Iterator[None]:
    """Raise our errors for Slack's. `our_channel`: the approvals channel, where people can invite us again.

    The exceptions have Slack's error code and nothing of the message.
    """
    try:
        yield
    except SlackApiError as error:
        raise _classify(error, our_channel=our_channel) from None
    except (SlackClientError, ClientError, TimeoutError) as error:
        never_sent = isinstance(error, ClientConnectorError)
        raise RetryLater(type(error).__name__, maybe_sent=not never_sent) from None


def _classify(error: SlackApiError, *, our_channel: bool) -> RetryLater | PermanentFailure:
    code = error_code(error)
    status = int(getattr(error.response, "status_code", 0) or 0)
    if status == 429 or code in _RATE_LIMIT_ERRORS:
        return RetryLater(code, _retry_after_s(error))
    if status >= 500 or code in _TRANSIENT_ERRORS:
        return RetryLater(code, maybe_sent=True)
    if code in _OPERATOR_ERRORS or (our_channel and code in _CHANNEL_ERRORS):
        log.error("slack_needs_the_operator", error=code, hint="`giftcard check` says what to do")
        return RetryLater(code, _OPERATOR_RETRY_S)
    return PermanentFailure(code)


def error_code(error: SlackApiError) -> str:
    """Slack's error code; a gateway's error page has none."""
    body = getattr(error.response, "data", error.response)
    return str(body.get("error") or "unknown") if isinstance(body, dict) else "not_json"


def _retry_after_s(error: SlackApiError) -> float:
    headers = {str(k).lower(): v for k, v in (getattr(error.response, "headers", None) or {}).items()}
    asked = str(headers.get("retry-after", ""))
    return float(asked) if asked.isdecimal() else 0.0
