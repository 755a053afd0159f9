"""Checks of the Slack side: tokens, scopes and the approvals channel. Posts nothing."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Settings
from bot.ops.check.results import CheckResult, failed, ok, warn
from bot.ops.slack_client import slack_client
from handlers.client import UNREACHABLE

MANIFEST = Path(__file__).parents[3] / "manifest.yml"
_NO_SUCH_MESSAGE = "0000000000.000000"
_HINTS = {
    "invalid_auth": "copy the token again, from the workspace that SLACK_API_URL belongs to",
    "not_authed": "copy the token again",
    "account_inactive": "the app was removed from the workspace: install it again",
    "token_revoked": "the token was revoked: install the app again and copy the new one",
    "token_expired": "switch token rotation off for this app and install it again",
    "not_allowed_token_type": "this is another kind of token; copy the one the setting's name says",
    "missing_scope": "compare the app's scopes with manifest.yml and install it again",
    "unknown_method": "this server does not know the method; Slack itself does",
}


def error_of(failure: Exception) -> str:
    """Slack's error code, or the name of the network error."""
    if isinstance(failure, SlackApiError):
        answer = failure.response.data
        return str(answer["error"]) if isinstance(answer, Mapping) and "error" in answer else "no JSON answer"
    return type(failure).__name__


def hint_of(failure: Exception, settings: Settings) -> str:
    if isinstance(failure, SlackApiError) and error_of(failure) in _HINTS:
        return _HINTS[error_of(failure)]
    return f"see whether {urlsplit(settings.slack_api_url).netloc} (SLACK_API_URL) answers from this machine"


async def check_slack(settings: Settings, *, http: bool) -> AsyncIterator[CheckResult]:
    client = slack_client(settings, settings.slack_bot_token)
    try:
        answer = await client.auth_test()
    except UNREACHABLE as error:
        yield failed("Slack token", f"SLACK_BOT_TOKEN: {error_of(error)}", hint_of(error, settings))
        return
    who = f"{answer.get('user')} ({answer.get('user_id')})"
    yield ok("Slack token", f"{who} in {answer.get('team')} ({answer.get('team_id')})")
    yield _scopes(answer.headers)
    yield _signing_secret() if http else await _app_token(settings)
    yield await _approvals_channel(client, settings)


def wanted_scopes(manifest: Path = MANIFEST) -> frozenset[str]:
    return frozenset(yaml.safe_load(manifest.read_text(encoding="utf-8"))["oauth_config"]["scopes"]["bot"])


def _scopes(headers: Mapping[str, Any]) -> CheckResult:
    header = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), None)
    if header is None:
        return warn("scopes", "this server does not say which scopes the token has", "compare them by eye")
    granted = {scope.strip() for scope in str(header).split(",") if scope.strip()}
    if missing := sorted(wanted_scopes() - granted):
        return failed("scopes", f"missing {', '.join(missing)}", "add them to the app and install it again")
    if superfluous := sorted(granted - wanted_scopes()):
        return warn(
            "scopes", f"more than the bot uses: {', '.join(superfluous)}", "remove them: least is safest"
        )
    return ok("scopes", "exactly those of manifest.yml")


async def _app_token(settings: Settings) -> CheckResult:
    assert settings.slack_app_token, "Socket Mode settings have one"
    client = slack_client(settings, settings.slack_app_token)
    try:
        await client.apps_connections_open(app_token=settings.slack_app_token.get_secret_value())
    except UNREACHABLE as error:
        return failed("app token", f"SLACK_APP_TOKEN: {error_of(error)}", hint_of(error, settings))
    return ok("app token", "opens Socket Mode connections")


def _signing_secret() -> CheckResult:
    return ok("signing secret", "set (Slack offers no way to try it; a wrong one shows as 401 in the log)")


async def _approvals_channel(client: AsyncWebClient, settings: Settings) -> CheckResult:
    channel = settings.approvals_channel
    invite = "invite the bot with /invite, or correct GIFTCARD_APPROVALS_CHANNEL"
    try:
        # Needs no scope, and distinguishes an unknown channel from an unknown message in a known one.
        await client.chat_getPermalink(channel=channel, message_ts=_NO_SUCH_MESSAGE)
    except UNREACHABLE as failure:
        error = error_of(failure)
        if error == "channel_not_found":
            return failed("approvals channel", f"the bot does not see a channel {channel}", invite)
        if error != "message_not_found":
            return warn("approvals channel", f"{channel} could not be checked: {error}", invite)
    return ok("approvals channel", f"Slack knows {channel}; the bot has to be invited to it")
