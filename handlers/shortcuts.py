"""The two shortcuts: a gift card from anywhere, and a gift card for the conversation at hand."""

import asyncio
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers import ids, responses
from handlers.order_form import open_form, report_open_failure
from handlers.slack_context import SlackContext, user_id

log = structlog.get_logger(__name__)

_PERMALINK_WITHIN_S = 0.8  # the form has to open within three seconds, with the link or without it


def register(app: AsyncApp, slack_ctx: SlackContext) -> None:
    @app.global_shortcut(ids.ISSUE_SHORTCUT)
    async def issue_gift_card(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        await ack()
        await _open(body, client, respond, ticket_url=None)

    @app.message_shortcut(ids.CONVERSATION_SHORTCUT)
    async def gift_card_for_conversation(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        await ack()
        await _open(body, client, respond, ticket_url=await _permalink(client, body))

    async def _open(
        body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond, *, ticket_url: str | None
    ) -> None:
        why_not = await open_form(
            slack_ctx, client, trigger_id=body["trigger_id"], user_id=user_id(body), ticket_url=ticket_url
        )
        if why_not:
            await report_open_failure(slack_ctx, client, body, respond, why_not)


async def _permalink(client: AsyncWebClient, body: dict[str, Any]) -> str | None:
    """The message's address. None where Slack gives none: the bot may not be in that conversation."""
    try:
        async with asyncio.timeout(_PERMALINK_WITHIN_S):
            answer = await client.chat_getPermalink(
                channel=body["channel"]["id"], message_ts=body["message"]["ts"]
            )
    except responses.SLACK_ERRORS as error:
        why = error.response["error"] if isinstance(error, SlackApiError) else type(error).__name__
        log.info("no_permalink", why=why)
        return None
    return str(answer["permalink"])
