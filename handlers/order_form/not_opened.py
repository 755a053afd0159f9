"""The form did not open: say why where the person is looking, and if that is nowhere, in the bot's DM."""

from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers import answers
from handlers.front import Front, user_id
from handlers.views.blocks import Message
from handlers.views.dialogs import note

log = structlog.get_logger(__name__)


async def say_why(
    front: Front, client: AsyncWebClient, body: Mapping[str, Any], respond: AsyncRespond, sentence: str
) -> None:
    """Ephemerally beside what was pressed. A global shortcut and Home are in no conversation: in a modal."""
    message, environment = Message.saying(sentence), front.desk.environment
    if respond.response_url:
        await answers.show_by_response_url(respond, message.payload(environment), replace_original=False)
        return
    try:
        await answers.open_modal(client, body, note(message, environment))
    except (answers.FormNotOpened, *answers.SLACK_TROUBLE):
        # The trigger may be what was wrong in the first place.
        in_dm = _say_in_dm(client, user_id(body), message.payload(environment))
        front.background.start(in_dm, what="say why no form opened")


async def _say_in_dm(client: AsyncWebClient, person: str, payload: Mapping[str, Any]) -> None:
    try:
        dm = await client.conversations_open(users=person)
        await client.chat_postEphemeral(channel=dm["channel"]["id"], user=person, **payload)
    except answers.SLACK_TROUBLE as failure:
        why = failure.response["error"] if isinstance(failure, SlackApiError) else type(failure).__name__
        log.warning("refusal_not_told", why=why)
