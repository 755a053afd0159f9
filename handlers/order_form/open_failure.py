"""Says why the form did not open: where the person is looking, else in our DM."""

from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers import responses
from handlers.block_kit.blocks import Message
from handlers.interaction import Interaction
from handlers.views.modals import message_modal

log = structlog.get_logger(__name__)


async def report_open_failure(interaction: Interaction, sentence: str) -> None:
    """Ephemerally beside the pressed button; in a modal after a global shortcut or a button on Home."""
    message, environment = Message.from_text(sentence), interaction.environment
    payload = message.payload(environment)
    if interaction.respond.response_url:
        await responses.show_by_response_url(interaction.respond, payload, replace_original=False)
        return
    try:
        await interaction.open_modal(message_modal(message, environment))
    except (responses.ModalNotOpened, *responses.SLACK_ERRORS):
        # The same trigger may be why the form did not open.
        in_dm = _say_in_dm(interaction.client, interaction.user_id, payload)
        interaction.slack_ctx.background.start(in_dm, what="say why no form opened")


async def _say_in_dm(client: AsyncWebClient, person: str, payload: Mapping[str, Any]) -> None:
    try:
        dm = await client.conversations_open(users=person)
        await client.chat_postEphemeral(channel=dm["channel"]["id"], user=person, **payload)
    except responses.SLACK_ERRORS as error:
        why = error.response["error"] if isinstance(error, SlackApiError) else type(error).__name__
        log.warning("refusal_not_told", why=why)
