"""The two shortcuts: a gift card from anywhere, and a gift card for a message."""

import asyncio

import structlog
from slack_sdk.errors import SlackApiError

from handlers import responses
from handlers.interaction import Interaction
from handlers.order_form.opening import open_or_explain

log = structlog.get_logger(__name__)

_PERMALINK_WITHIN_S = 0.8  # the form has to open within three seconds, with the link or without it


async def issue_gift_card(interaction: Interaction) -> None:
    await open_or_explain(interaction)


async def gift_card_for_conversation(interaction: Interaction) -> None:
    await open_or_explain(interaction, ticket_url=await _permalink(interaction))


async def _permalink(interaction: Interaction) -> str | None:
    """A link to the message; None where the bot is not in that conversation."""
    body = interaction.body
    try:
        async with asyncio.timeout(_PERMALINK_WITHIN_S):
            answer = await interaction.client.chat_getPermalink(
                channel=body["channel"]["id"], message_ts=body["message"]["ts"]
            )
    except responses.SLACK_ERRORS as error:
        why = error.response["error"] if isinstance(error, SlackApiError) else type(error).__name__
        log.info("no_permalink", why=why)
        return None
    return str(answer["permalink"])
