"""A client of the Slack that the settings name."""

from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Settings
from handlers.client import web_client


def slack_client(settings: Settings, token: SecretStr | None = None) -> AsyncWebClient:
    return web_client(settings.slack_api_url, token, use_proxy=not settings.slack_is_on_this_machine)
