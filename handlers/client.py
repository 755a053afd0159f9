"""Makes clients of Slack's Web API, and asks Slack once who our bot is."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from aiohttp import ClientError
from pydantic import SecretStr
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

log = structlog.get_logger(__name__)
UNREACHABLE = (SlackClientError, ClientError, OSError, TimeoutError)
_TIMEOUT_S = 10
_WAIT_FOR_SLACK_S = 2.0
# Errors of a token that waiting does not fix.
_BAD_TOKEN = {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """Our bot in its workspace. `bot_id` is None where the server does not say."""

    team_id: str
    enterprise_id: str | None
    bot_user_id: str | None
    bot_id: str | None
    url: str


class InvalidToken(Exception):
    """Slack does not accept the bot token, and waiting does not help."""


def web_client(api_url: str, token: SecretStr | None = None, *, use_proxy: bool) -> AsyncWebClient:
    client = AsyncWebClient(
        token=token.get_secret_value() if token else None, base_url=api_url, timeout=_TIMEOUT_S
    )
    if not use_proxy:
        client.proxy = None  # slack_sdk takes HTTPS_PROXY from the environment and knows no NO_PROXY
    return client


def forget_proxies() -> None:
    """For a Slack on this machine: Bolt makes clients of its own, and each asks the environment again.

    Only after the vendor's client is made, which asks once and knows NO_PROXY.
    """
    for name in [name for name in os.environ if name.lower() in ("http_proxy", "https_proxy")]:
        del os.environ[name]


async def identify_bot(client: AsyncWebClient) -> BotIdentity:
    """Ask Slack who we are, as long as it takes. Raises InvalidToken."""
    while True:
        try:
            answer = await client.auth_test()
        except SlackApiError as refusal:
            error = str(refusal.response.get("error"))
            if error in _BAD_TOKEN:
                raise InvalidToken(
                    f"Slack does not accept SLACK_BOT_TOKEN ({error}). `giftcard check` says more."
                ) from None
            log.warning("slack_not_ready", error=error)
        except UNREACHABLE as failure:
            log.warning("slack_not_reachable", why=type(failure).__name__)
        else:
            return BotIdentity(
                team_id=str(answer["team_id"]),
                enterprise_id=answer.get("enterprise_id"),
                bot_user_id=answer.get("user_id"),
                bot_id=answer.get("bot_id"),
                url=str(answer.get("url") or ""),
            )
        await asyncio.sleep(_WAIT_FOR_SLACK_S)


def authorize_as(identity: BotIdentity, token: SecretStr) -> Callable[..., Awaitable[AuthorizeResult]]:
    """Bolt's `authorize`, without a call to Slack: the first answer would have to wait for it."""

    async def authorize(user_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=identity.enterprise_id,
            team_id=identity.team_id,
            # Bolt ignores events that these caused.
            bot_user_id=identity.bot_user_id,
            bot_id=identity.bot_id,
            bot_token=token.get_secret_value(),
            user_id=user_id,
        )

    return authorize
