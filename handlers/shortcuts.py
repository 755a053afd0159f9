"""The two shortcuts: a gift card from anywhere, and a gift card for the conversation at hand."""

import asyncio
from typing import Any

import structlog
from aiohttp import ClientError
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from handlers import ids
from handlers.front import Front, user_id
from handlers.order_form import open_form
from handlers.views.blocks import Message
from handlers.views.order_form import refusal

log = structlog.get_logger(__name__)

_PERMALINK_WITHIN_S = 0.8  # the form has to open within three seconds, with the link or without it
_SLACK_FAILED = (SlackClientError, ClientError, TimeoutError)  # SlackApiError is a SlackClientError


def register(app: AsyncApp, front: Front) -> None:
    @app.global_shortcut(ids.ISSUE_SHORTCUT)
    async def issue_gift_card(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        person = user_id(body)
        why_not = await open_form(front, client, trigger_id=body["trigger_id"], user_id=person)
        if why_not:
            await _say(front, client, body["trigger_id"], person, why_not)

    @app.message_shortcut(ids.CONVERSATION_SHORTCUT)
    async def gift_card_for_conversation(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        await ack()
        why_not = await open_form(
            front,
            client,
            trigger_id=body["trigger_id"],
            user_id=user_id(body),
            ticket_url=await _permalink(client, body),
        )
        if why_not:
            message = Message.saying(why_not).payload(front.desk.environment)
            await respond(**message, response_type="ephemeral", replace_original=False)


async def _permalink(client: AsyncWebClient, body: dict[str, Any]) -> str | None:
    """The message's address. None where Slack gives none: the bot may not be in that conversation."""
    try:
        async with asyncio.timeout(_PERMALINK_WITHIN_S):
            answer = await client.chat_getPermalink(
                channel=body["channel"]["id"], message_ts=body["message"]["ts"]
            )
    except _SLACK_FAILED as failure:
        log.info("no_permalink", why=_why(failure))
        return None
    return str(answer["permalink"])


async def _say(front: Front, client: AsyncWebClient, trigger_id: str, person: str, sentence: str) -> None:
    """A global shortcut belongs to no conversation: say it in a modal, else ephemerally in the bot's DM."""
    environment = front.desk.environment
    try:
        await client.views_open(trigger_id=trigger_id, view=refusal(sentence, environment))
    except _SLACK_FAILED:
        front.background.start(_say_in_dm(client, person, sentence, environment), what="say it in the DM")


async def _say_in_dm(client: AsyncWebClient, person: str, sentence: str, environment: str) -> None:
    try:
        dm = await client.conversations_open(users=person)
        message = Message.saying(sentence).payload(environment)
        await client.chat_postEphemeral(channel=dm["channel"]["id"], user=person, **message)
    except _SLACK_FAILED as failure:
        log.warning("shortcut_refusal_not_told", why=_why(failure))


def _why(failure: BaseException) -> str:
    return failure.response["error"] if isinstance(failure, SlackApiError) else type(failure).__name__
